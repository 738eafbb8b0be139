// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Makes random scripts: few streams, consumers and subjects, so that what is asked often concerns
 * what is there, and limits that a few messages reach.
 */
final class ScriptGenerator {
  /** The streams of all scripts. */
  static final List<String> STREAMS = List.of("C_A", "C_B");

  private static final String[] CONSUMERS = {"x", "y"};
  private static final String[] TOKENS = {"1", "2", "3"};

  private final RandomGenerator random;
  private final Map<String, String> filtersByName = new HashMap<>();

  ScriptGenerator(RandomGenerator random) {
    this.random = random;
  }

  List<ScriptStep> script(int steps) {
    List<ScriptStep> script = new ArrayList<>();
    script.add(createStream(STREAMS.get(0)));
    script.add(createConsumer(STREAMS.get(0), CONSUMERS[0]));
    while (script.size() < steps) {
      ScriptStep step = step();
      script.add(step);
      if (step.kind() != ScriptStep.Kind.ASK && chance(2)) {
        script.add(ScriptStep.ask("STREAM.INFO." + stream(), "{\"deleted_details\":true}"));
      }
    }
    return script;
  }

  private ScriptStep step() {
    int pick = random.nextInt(100);
    if (pick < 40) {
      return publish();
    }
    if (pick < 52) {
      return pull();
    }
    if (pick < 66) {
      return ack();
    }
    if (pick < 72) {
      return createConsumer(stream(), consumer());
    }
    if (pick < 76) {
      return createStream(stream());
    }
    if (pick < 82) {
      String stream = stream();
      return ScriptStep.call("STREAM.UPDATE." + stream, config(stream));
    }
    if (pick < 87) {
      return ScriptStep.call("STREAM.PURGE." + stream(), purge());
    }
    if (pick < 90) {
      String seq = "{\"seq\":" + random.nextInt(12) + "}";
      return ScriptStep.call("STREAM.MSG.DELETE." + stream(), seq);
    }
    return rare(pick);
  }

  private ScriptStep rare(int pick) {
    String stream = stream();
    return switch (pick) {
      case 90 -> ScriptStep.call("STREAM.DELETE." + stream, "");
      case 91 -> ScriptStep.call("CONSUMER.DELETE." + stream + "." + consumer(), "");
      case 92 -> ScriptStep.ask("STREAM.NAMES", pickOf("", "{\"subject\":\"" + filter() + "\"}"));
      case 93 -> ScriptStep.ask("CONSUMER.LIST." + stream, "");
      case 94, 95 -> ScriptStep.ask("STREAM.MSG.GET." + stream, get());
      case 96 -> ScriptStep.ask("DIRECT.GET." + stream, get());
      case 97 ->
          ScriptStep.call(
              "CONSUMER.RESET." + stream + "." + consumer(),
              pickOf("", "{\"seq\":" + random.nextInt(12) + "}"));
      case 98 ->
          ScriptStep.ask("STREAM.INFO." + stream, "{\"subjects_filter\":\"" + filter() + "\"}");
      default -> ScriptStep.ask("CONSUMER.INFO." + stream + "." + consumer(), "");
    };
  }

  private ScriptStep createStream(String stream) {
    return ScriptStep.call("STREAM.CREATE." + stream, config(stream));
  }

  private String config(String stream) {
    List<String> fields = new ArrayList<>();
    fields.add("\"name\":\"" + stream + "\"");
    String token = stream.substring(2).toLowerCase(java.util.Locale.ROOT);
    fields.add(
        "\"subjects\":[" + pickOf("\"c." + token + ".>\"", "\"c." + token + ".*\",\"d\"") + "]");
    if (chance(3)) {
      fields.add("\"storage\":\"memory\"");
    }
    if (chance(3)) {
      fields.add("\"retention\":\"" + pickOf("limits", "interest", "workqueue") + "\"");
    }
    if (chance(4)) {
      fields.add("\"max_msgs\":" + (1 + random.nextInt(6)));
    }
    if (chance(4)) {
      fields.add("\"max_msgs_per_subject\":" + (1 + random.nextInt(3)));
    }
    if (chance(6)) {
      fields.add("\"max_bytes\":" + (100 + random.nextInt(300)));
    }
    if (chance(4)) {
      fields.add("\"discard\":\"new\"");
    }
    if (chance(8)) {
      fields.add("\"discard_new_per_subject\":true");
    }
    if (chance(3)) {
      fields.add("\"allow_rollup_hdrs\":true");
    }
    if (chance(2)) {
      fields.add("\"allow_direct\":true");
    }
    if (chance(10)) {
      fields.add("\"deny_delete\":true");
    }
    if (chance(10)) {
      fields.add("\"deny_purge\":true");
    }
    if (chance(12)) {
      fields.add("\"max_msg_size\":20");
    }
    if (chance(12)) {
      fields.add("\"first_seq\":" + (1 + random.nextInt(5)));
    }
    if (chance(10)) {
      fields.add("\"max_consumers\":1");
    }
    if (chance(12)) {
      fields.add("\"subject_transform\":{\"src\":\"c.*.1\",\"dest\":\"c.$1.2\"}");
    }
    return "{" + String.join(",", fields) + "}";
  }

  private ScriptStep createConsumer(String stream, String name) {
    List<String> fields = new ArrayList<>();
    fields.add("\"durable_name\":\"" + name + "\"");
    fields.add(
        "\"ack_policy\":\"" + pickOf("explicit", "explicit", "explicit", "all", "none") + "\"");
    // the public server does not count what comes after a change from some filters to none
    String filters = filtersByName.computeIfAbsent(stream + name, any -> filters());
    if (!filters.isEmpty()) {
      fields.add(filters);
    }
    if (chance(4)) {
      fields.add("\"max_deliver\":" + (1 + random.nextInt(3)));
    }
    if (chance(4)) {
      fields.add("\"max_ack_pending\":" + (1 + random.nextInt(3)));
    }
    if (chance(3)) {
      String policy = pickOf("all", "last", "new", "last_per_subject", "by_start_sequence");
      fields.add("\"deliver_policy\":\"" + policy + "\"");
      if (policy.equals("by_start_sequence")) {
        // the public server counts messages before a start that the stream has not reached
        fields.add("\"opt_start_seq\":1");
      }
    }
    if (chance(8)) {
      fields.add("\"headers_only\":true");
    }
    if (chance(12)) {
      fields.add("\"max_batch\":2");
    }
    return ScriptStep.call(
        "CONSUMER.CREATE." + stream + "." + name,
        "{\"stream_name\":\""
            + stream
            + "\",\"config\":{"
            + String.join(",", fields)
            + "}"
            + (chance(8) ? ",\"action\":\"" + pickOf("create", "update") + "\"" : "")
            + "}");
  }

  private String filters() {
    if (chance(3)) {
      return "\"filter_subject\":\"" + filter() + "\"";
    }
    return chance(5) ? "\"filter_subjects\":[\"c.a.1\",\"c.a.2\"]" : "";
  }

  private ScriptStep publish() {
    List<String> headers = new ArrayList<>();
    if (chance(5)) {
      headers.add("Nats-Msg-Id: " + random.nextInt(5));
    }
    if (chance(10)) {
      headers.add("Nats-Expected-Last-Sequence: " + random.nextInt(6));
    }
    if (chance(8)) {
      headers.add("Nats-Expected-Last-Subject-Sequence: " + random.nextInt(6));
    }
    if (chance(15)) {
      headers.add("Nats-Expected-Last-Msg-Id: " + random.nextInt(5));
    }
    if (chance(15)) {
      headers.add("Nats-Rollup: " + pickOf("sub", "all"));
    }
    if (chance(10)) {
      headers.add("Key: value");
    }
    if (chance(20)) {
      headers.add("Nats-TTL: 1h");
    }
    return ScriptStep.publish(subject(), "x".repeat(random.nextInt(30)), headers);
  }

  private ScriptStep pull() {
    int batch = 1 + random.nextInt(3);
    String more =
        chance(4) ? ",\"no_wait\":true" : chance(6) ? ",\"max_bytes\":" + random.nextInt(120) : "";
    return ScriptStep.pull(
        stream() + "." + consumer(), "{\"batch\":" + batch + ",\"expires\":100000000" + more + "}");
  }

  private ScriptStep ack() {
    return ScriptStep.ack(
        random.nextInt(100), pickOf("+ACK", "+ACK", "+ACK", "-NAK", "+TERM", "+WPI", "", "?"));
  }

  private String purge() {
    return switch (random.nextInt(3)) {
      case 0 -> "";
      case 1 -> "{\"seq\":" + random.nextInt(12) + "}";
      default -> "{\"keep\":" + random.nextInt(3) + "}";
    };
  }

  private String get() {
    return switch (random.nextInt(3)) {
      case 0 -> "{\"seq\":" + random.nextInt(12) + "}";
      case 1 -> "{\"last_by_subj\":\"" + filter() + "\"}";
      default -> "{\"next_by_subj\":\"" + filter() + "\",\"seq\":" + (1 + random.nextInt(6)) + "}";
    };
  }

  private String subject() {
    return chance(10) ? "d" : "c." + pickOf("a", "a", "b") + "." + pickOf(TOKENS);
  }

  private String filter() {
    return pickOf("c.a.1", "c.a.2", "c.a.*", "c.>", "c.*.1", "d", "c.b.3");
  }

  private String stream() {
    return chance(4) ? STREAMS.get(1) : STREAMS.get(0);
  }

  private String consumer() {
    return chance(4) ? CONSUMERS[1] : CONSUMERS[0];
  }

  private String pickOf(String... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private boolean chance(int oneOf) {
    return random.nextInt(oneOf) == 0;
  }
}
