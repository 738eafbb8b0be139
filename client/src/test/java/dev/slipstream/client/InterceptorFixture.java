// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client with two interceptors, {@code a} around {@code b}, which note what they are told. */
@SuppressWarnings("NullAway.Init")
abstract class InterceptorFixture extends StreamFixture {
  /** What interceptors were told, in order. */
  final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

  NatsClient watched;

  @BeforeEach
  void connectWatched() {
    watched =
        NatsClient.connect(
            ClientOptions.builder()
                .servers(server.url())
                .interceptor(new Recorder("a"))
                .interceptor(new Recorder("b"))
                .build());
  }

  @AfterEach
  void closeWatched() {
    watched.close();
  }

  void expect(String... expected) throws InterruptedException {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < expected.length; i++) {
      String line = lines.poll(10, TimeUnit.SECONDS);
      found.add(line == null ? "nothing" : line);
    }
    assertThat(found).containsExactly(expected);
    assertThat(lines).isEmpty();
  }

  void expectBothAtTheEnd(String begin, String end) throws InterruptedException {
    expect("a " + begin, "b " + begin, "b " + end, "a " + end);
  }

  PullConsumer watchedConsumer() {
    return watched.jetStream().bindConsumer(name, roomyConsumer().name());
  }

  /** Writes a line for all it is told, sets headers, and marks the thread of a handler. */
  final class Recorder implements Interceptor {
    static final ThreadLocal<String> SCOPE = ThreadLocal.withInitial(() -> "");

    private final String own;

    Recorder(String own) {
      this.own = own;
    }

    private void add(String line) {
      lines.add(own + " " + line);
    }

    @Override
    public Sending publishing(Publication publication) {
      add(publication.kind() + " " + publication.subject());
      if (publication.headers().first("Seen") == null) {
        publication.header("Seen", own);
      }
      publication.header("Trace", own);
      return new Sending() {
        @Override
        public void sent() {
          add("sent");
        }

        @Override
        public void stored(PublishAck ack) {
          add("stored " + ack.sequence());
        }

        @Override
        public void replied(Message reply) {
          add("replied " + reply.payload().length);
        }

        @Override
        public void failed(Throwable failure) {
          add("failed " + failure.getClass().getSimpleName());
        }
      };
    }

    @Override
    public Handling handling(Message message, Origin origin) {
      add("handling " + origin.stream());
      SCOPE.set(SCOPE.get() + own);
      return new Ends(message);
    }

    @Override
    public Handling taken(Message message, Origin origin) {
      add("taken " + origin.stream());
      return new Ends(message);
    }

    private final class Ends implements Handling {
      private final Message message;
      private final Thread thread = Thread.currentThread();

      Ends(Message message) {
        this.message = message;
      }

      @Override
      public void handled(@Nullable Throwable failure) {
        assertThat(Thread.currentThread()).isSameAs(thread);
        SCOPE.set(SCOPE.get().replace(own, ""));
        String state = message instanceof JsMessage settleable ? " " + settleable.ackState() : "";
        add("handled" + state + (failure == null ? "" : " " + failure.getMessage()));
      }

      @Override
      public void settled(AckState how) {
        add("settled " + how);
      }
    }
  }
}
