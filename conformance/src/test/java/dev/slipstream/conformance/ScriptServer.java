// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import dev.slipstream.client.Message;
import dev.slipstream.client.NatsClient;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.SyncSubscription;
import dev.slipstream.protocol.wire.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Takes the steps of scripts to one server, and tells what it answered without what differs. */
final class ScriptServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration PULL_PATIENCE = Duration.ofMillis(400);

  /** A consumer that is not there does not answer. */
  private static final Duration RESET_PATIENCE = Duration.ofMillis(250);

  private static final Duration ACK_PATIENCE = Duration.ofMillis(150);

  private final NatsClient client;
  private final List<String> delivered = new ArrayList<>();
  private int run;

  ScriptServer(String url) {
    client = NatsClient.connect(url);
  }

  /**
   * Removes what scripts have made. The next ones have other streams: the public server removes
   * files beside its answers, and a name that comes and goes quickly can meet its own remains.
   */
  void clear() {
    delivered.clear();
    for (String stream : ScriptGenerator.STREAMS) {
      client.request("$JS.API.STREAM.DELETE." + ofThisRun(stream), null, PATIENCE);
    }
    run++;
  }

  private String ofThisRun(String text) {
    String named = text;
    for (String stream : ScriptGenerator.STREAMS) {
      named = named.replace(stream, stream + "_" + run);
    }
    return named;
  }

  private String ofAnyRun(String text) {
    String named = text;
    for (String stream : ScriptGenerator.STREAMS) {
      named = named.replace(stream + "_" + run, stream);
    }
    return named;
  }

  /** Takes a step; answers the lines that it led to. */
  List<String> take(ScriptStep given) throws InterruptedException {
    ScriptStep step =
        new ScriptStep(
            given.kind(),
            ofThisRun(given.target()),
            ofThisRun(given.body()),
            given.headers(),
            given.index());
    return switch (step.kind()) {
      case CALL, ASK ->
          List.of(
              request(
                  "$JS.API." + step.target(),
                  step.body(),
                  List.of(),
                  step.target().startsWith("CONSUMER.RESET.") ? RESET_PATIENCE : PATIENCE));
      case PUBLISH -> List.of(request(step.target(), step.body(), step.headers(), PATIENCE));
      case PULL -> pull(step);
      case ACK -> List.of(ack(step));
    };
  }

  private String request(String subject, String body, List<String> headers, Duration patience) {
    Outgoing message = Outgoing.to(subject).text(body);
    for (String each : headers) {
      int colon = each.indexOf(": ");
      message = message.header(each.substring(0, colon), each.substring(colon + 2));
    }
    try {
      return shown(client.request(message, patience));
    } catch (NatsException failed) {
      return failed.getClass().getSimpleName();
    }
  }

  private List<String> pull(ScriptStep step) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    String inbox = client.newInbox();
    int batch = Integer.parseInt(step.body().replaceAll(".*\"batch\":(\\d+).*", "$1"));
    try (SyncSubscription messages = client.subscribeSync(inbox)) {
      client.publish(
          Outgoing.to("$JS.API.CONSUMER.MSG.NEXT." + step.target())
              .replyTo(inbox)
              .text(step.body()));
      for (Message next = messages.poll(PULL_PATIENCE);
          next != null;
          next = messages.poll(PULL_PATIENCE)) {
        lines.add(shown(next));
        String reply = next.reply();
        if (reply == null) {
          return lines; // a status
        }
        delivered.add(reply);
        if (lines.size() == batch) {
          return lines;
        }
      }
    }
    lines.add("nothing more");
    return lines;
  }

  private String ack(ScriptStep step) {
    if (delivered.isEmpty()) {
      return "nothing was delivered";
    }
    String reply = delivered.get(step.index() % delivered.size());
    try {
      return shown(client.request(reply, bytes(step.body()), ACK_PATIENCE));
    } catch (NatsException failed) {
      return failed.getClass().getSimpleName();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String shown(Message message) {
    StringBuilder line = new StringBuilder();
    Status status = message.status();
    if (status != null) {
      line.append(status.code()).append(' ').append(status.description()).append(' ');
    }
    String reply = message.reply();
    if (reply != null) {
      line.append(message.subject()).append(' ').append(MaskedJson.ackSubject(reply)).append(' ');
    }
    line.append(MaskedJson.headers(message.headers())).append(' ');
    String text = message.text();
    line.append(text.startsWith("{") ? MaskedJson.of(text) : text);
    return ofAnyRun(line.toString());
  }

  @Override
  public void close() {
    client.close();
  }
}
