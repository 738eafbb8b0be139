// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.engine.PlainEngine.PlainConsumer;
import dev.slipstream.engine.PlainEngine.PlainMessage;
import dev.slipstream.engine.PlainEngine.PlainStream;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads by requests what an engine shows of itself. */
final class ShownState {
  private static final Pattern DATA = Pattern.compile("\"data\":\"([^\"]*)\"");
  private static final Pattern SUBJECT = Pattern.compile("\"subject\":\"([^\"]*)\"");

  private final FaultyEngine engine;

  ShownState(FaultyEngine engine) {
    this.engine = engine;
  }

  /** A message; null when it is not shown. */
  @Nullable PlainMessage get(String stream, long seq) {
    String answer = engine.api("STREAM.MSG.GET." + stream, "{\"seq\":" + seq + "}");
    Matcher data = DATA.matcher(answer);
    Matcher subject = SUBJECT.matcher(answer);
    return data.find() && subject.find()
        ? new PlainMessage(subject.group(1), new String(Base64.getDecoder().decode(data.group(1))))
        : null;
  }

  /** What the engine shows of itself. */
  PlainEngine read() {
    PlainEngine found = new PlainEngine();
    Matcher names = Pattern.compile("\"([A-Z])\"").matcher(engine.api("STREAM.NAMES", ""));
    while (names.find()) {
      String name = names.group(1);
      String info = engine.api("STREAM.INFO." + name, "");
      PlainStream stream = new PlainStream();
      stream.lastSeq = number(info, "last_seq");
      stream.maxMsgs = number(info, "max_msgs");
      stream.maxMsgsPerSubject = number(info, "max_msgs_per_subject");
      for (long seq = 1; seq <= stream.lastSeq; seq++) {
        PlainMessage message = get(name, seq);
        if (message != null) {
          stream.messages.put(seq, message);
        }
      }
      String state = info.substring(info.indexOf("\"state\""));
      assertThat(number(state, "messages") == stream.messages.size() || engine.disk.hasFailed())
          .isTrue();
      readConsumers(name, stream);
      found.streams.put(name, stream);
    }
    return found;
  }

  private void readConsumers(String name, PlainStream stream) {
    String list = engine.api("CONSUMER.NAMES." + name, "");
    for (String consumerName : List.of("x", "all")) {
      if (list.contains("\"" + consumerName + "\"")) {
        String info = engine.api("CONSUMER.INFO." + name + "." + consumerName, "");
        PlainConsumer consumer = new PlainConsumer();
        consumer.filter = info.contains("\"filter_subject\":\"a.x\"") ? "a.x" : "";
        consumer.ackWaitSeconds = number(info, "ack_wait") / 1_000_000_000L;
        stream.consumers.put(consumerName, consumer);
      }
    }
  }

  private static long number(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":(-?\\d+)").matcher(json);
    assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
