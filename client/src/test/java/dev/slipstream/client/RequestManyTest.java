// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests with many replies, against a running server. */
@Timeout(60)
class RequestManyTest extends ClientFixture {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(150);

  /** Answers a request with numbers from 1, and then with {@code last} unless it is null. */
  private void counting(int replies, String... behind) {
    nc.subscribe(
        name,
        request -> {
          for (int i = 1; i <= replies; i++) {
            nc.respond(request, ("" + i).getBytes(UTF_8));
          }
          for (String each : behind) {
            nc.respond(request, each.getBytes(UTF_8));
          }
        });
  }

  private Replies ask(RequestMany rules) {
    return nc.requestMany(name, null, rules);
  }

  @Test
  void asManyRepliesAsAreWantedEndIt() {
    counting(5);
    try (Replies replies = ask(RequestMany.within(LONG).most(3))) {
      assertThat(replies.toList()).extracting(Message::text).containsExactly("1", "2", "3");
      assertThat(replies.end()).isEqualTo(new RepliesEnd.Filled());
    }
  }

  @Test
  void theTimeForAllEndsIt() {
    counting(4);
    try (Replies replies = ask(RequestMany.within(SHORT))) {
      assertThat(replies).hasSize(4);
      assertThat(replies.end()).isEqualTo(new RepliesEnd.Expired());
    }
  }

  @Test
  void silenceBehindAReplyEndsIt() {
    counting(2);
    try (Replies replies = ask(RequestMany.within(LONG).stall(SHORT))) {
      assertThat(replies.stream().map(Message::text)).containsExactly("1", "2");
      assertThat(replies.end()).isEqualTo(new RepliesEnd.Stalled());
    }
  }

  @Test
  void theFirstReplyMayTakeLongerThanTheSilenceBehindOne() throws Exception {
    LinkedBlockingQueue<Message> requests = new LinkedBlockingQueue<>();
    nc.subscribe(name, requests::add);
    try (Replies replies = ask(RequestMany.within(LONG).stall(SHORT));
        Replies clock = ask(RequestMany.within(SHORT.multipliedBy(2)))) {
      Message request = Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS));
      assertThat(clock.end()).isEqualTo(new RepliesEnd.Expired());
      nc.respond(request, "late".getBytes(UTF_8));
      assertThat(replies.toList()).extracting(Message::text).containsExactly("late");
      assertThat(replies.end()).isEqualTo(new RepliesEnd.Stalled());
    }
  }

  @Test
  void anEmptyReplyOrTheOneAskedForEndsItAndIsNoReply() {
    counting(2, "", "9");
    try (Replies replies = ask(RequestMany.within(LONG).untilEmpty())) {
      assertThat(replies.toList()).extracting(Message::text).containsExactly("1", "2");
      assertThat(replies.end()).isEqualTo(new RepliesEnd.Sentinel());
    }
    try (Replies replies = ask(RequestMany.within(LONG).until(m -> m.text().equals("9")))) {
      assertThat(replies.toList()).extracting(Message::text).containsExactly("1", "2", "");
    }
  }

  @Test
  void aSentinelThatFailsEndsIt() {
    counting(1);
    RequestMany rules =
        RequestMany.within(LONG)
            .until(
                m -> {
                  throw new IllegalStateException("of the test");
                });
    try (Replies replies = ask(rules)) {
      assertThatThrownBy(replies::toList).hasRootCauseMessage("of the test");
    }
  }

  @Test
  void nobodyWhoListensFailsIt() {
    try (Replies replies = ask(RequestMany.within(LONG))) {
      Iterator<Message> iterator = replies.iterator();
      assertThatThrownBy(iterator::hasNext).isInstanceOf(NoRespondersException.class);
      assertThat(replies.end()).isInstanceOf(RepliesEnd.Failed.class);
    }
    assertThatThrownBy(() -> ask(RequestMany.within(LONG)).toList())
        .isInstanceOf(NoRespondersException.class);
  }

  @Test
  void repliesThatNobodyTakesAreBounded() throws Exception {
    counting(20);
    try (Replies replies = ask(RequestMany.within(LONG).maxPending(10, 1_000_000))) {
      assertThat(replies.end())
          .isInstanceOfSatisfying(
              RepliesEnd.Failed.class,
              end -> assertThat(end.cause()).isInstanceOf(TooManyRepliesException.class));
      assertThat(Objects.requireNonNull(replies.poll(PATIENCE)).text()).isEqualTo("1");
      Iterator<Message> left = replies.iterator();
      for (int i = 2; i <= 10; i++) {
        assertThat(left.next().text()).isEqualTo("" + i);
      }
      assertThatThrownBy(left::hasNext).isInstanceOf(TooManyRepliesException.class);
    }
    try (Replies replies = ask(RequestMany.within(LONG).maxPending(10, 20))) {
      assertThat(replies.end()).isInstanceOf(RepliesEnd.Failed.class);
    }
  }

  @Test
  void closingEndsItAndTheServerIsToldToSendNoMore() throws Exception {
    LinkedBlockingQueue<Message> requests = new LinkedBlockingQueue<>();
    nc.subscribe(name, requests::add);
    Replies replies = ask(RequestMany.within(LONG));
    Message request = Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS));
    replies.close();
    replies.close();
    assertThat(replies.end()).isEqualTo(new RepliesEnd.Cancelled());
    assertThat(replies.toList()).isEmpty();
    assertThatThrownBy(
            () -> nc.request(Objects.requireNonNull(request.reply()), null, Duration.ofSeconds(5)))
        .isInstanceOf(NoRespondersException.class);
  }

  @Test
  void theSubscriptionGoesWhenTheRepliesEnd() throws Exception {
    CompletableFuture<String> inbox = new CompletableFuture<>();
    nc.subscribe(
        name,
        request -> {
          inbox.complete(Objects.requireNonNull(request.reply()));
          nc.respond(request, null);
        });
    List<Message> replies = ask(RequestMany.within(LONG).most(1)).toList();
    assertThat(replies).hasSize(1);
    String reply = inbox.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> nc.request(reply, null, Duration.ofSeconds(5)))
        .isInstanceOf(NoRespondersException.class);
  }

  @Test
  void aClientThatIsClosedFailsIt() {
    nc.subscribe(name, request -> {});
    nc.flush(PATIENCE); // of another client
    NatsClient other = NatsClient.connect(server.url());
    Replies replies = other.requestMany(name, null, RequestMany.within(LONG));
    other.close();
    assertThatThrownBy(replies::toList).isInstanceOf(ConnectionClosedException.class);
    replies.close();
    assertThatThrownBy(() -> other.requestMany(name, null, RequestMany.within(LONG)))
        .isInstanceOf(ConnectionClosedException.class);
  }

  @Test
  void repliesGoOnAfterAReconnect() throws Exception {
    LinkedBlockingQueue<Message> requests = new LinkedBlockingQueue<>();
    nc.subscribe(name, requests::add);
    nc.flush(PATIENCE);
    Events<ClientEvent> events = new Events<>();
    try (NatsClient other = NatsClient.connect(server.url());
        ClientEvent.Registration heard = other.onEvent(events);
        Replies replies = other.requestMany(name, null, RequestMany.within(LONG).most(2))) {
      Message request = Objects.requireNonNull(requests.poll(10, TimeUnit.SECONDS));
      nc.respond(request, "1".getBytes(UTF_8));
      assertThat(Objects.requireNonNull(replies.poll(PATIENCE)).text()).isEqualTo("1");
      other.forceReconnect();
      events.await(ClientEvent.Reconnected.class);
      other.flush(PATIENCE);
      nc.respond(request, "2".getBytes(UTF_8));
      assertThat(Objects.requireNonNull(replies.poll(PATIENCE)).text()).isEqualTo("2");
      assertThat(replies.end()).isEqualTo(new RepliesEnd.Filled());
      assertThat(heard).isNotNull();
    }
  }

  @Test
  void rulesThatLetNothingThroughAreRefused() {
    assertThatThrownBy(() -> RequestMany.within(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    RequestMany rules = RequestMany.within(SHORT);
    assertThatThrownBy(() -> rules.most(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rules.stall(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> rules.maxPending(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> nc.requestMany(Outgoing.to(name).replyTo("x"), rules))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
