// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConsumerConfig;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what no server would take in a configuration, all of it at once, before it is sent: names,
 * subjects, and numbers that mean nothing. What depends on the server is left to the server.
 *
 * <p>Fields have the names of the JetStream API.
 */
final class ConfigCheck {
  private final List<String> wrong = new ArrayList<>();

  private ConfigCheck() {}

  /**
   * Checks the configuration of a stream.
   *
   * @throws IllegalArgumentException when something is wrong, with every field that is
   */
  static void check(StreamConfig config) {
    ConfigCheck check = new ConfigCheck();
    check.name("name", config.name(), "stream");
    check.filters("subjects", config.subjects());
    if (config.mirror() != null) {
      check.source("mirror", config.mirror());
      check.add(!config.subjects().isEmpty(), "subjects: a mirror has none");
    }
    for (int i = 0; i < config.sources().size(); i++) {
      check.source("sources[" + i + "]", config.sources().get(i));
    }
    check.notNegative("max_age", config.maxAgeNanos());
    check.notNegative("duplicate_window", config.duplicateWindowNanos());
    check.notNegative("num_replicas", config.numReplicas());
    check.notNegative("first_seq", config.firstSeq());
    check.finish("stream");
  }

  /**
   * Checks the configuration of a pull consumer.
   *
   * @param consumer its name, given or made
   * @throws IllegalArgumentException when something is wrong, with every field that is
   */
  static void check(String consumer, ConsumerConfig config) {
    ConfigCheck check = new ConfigCheck();
    check.name("name", consumer, "consumer");
    check.add(
        !config.durableName().isEmpty() && !config.durableName().equals(consumer),
        "durable_name: '" + config.durableName() + "' and name: '" + consumer + "' differ");
    check.add(config.isPush(), "deliver_subject: a pull consumer has none");
    if (!config.filterSubject().isEmpty()) {
      check.filter("filter_subject", config.filterSubject());
      check.add(
          !config.filterSubjects().isEmpty(), "filter_subjects: there is a filter_subject too");
    }
    check.filters("filter_subjects", config.filterSubjects());
    check.notNegative("ack_wait", config.ackWaitNanos());
    check.notNegative("inactive_threshold", config.inactiveThresholdNanos());
    check.notNegative("max_expires", config.maxExpiresNanos());
    check.notNegative("num_replicas", config.numReplicas());
    check.add(
        config.backoffNanos().stream().anyMatch(nanos -> nanos < 0),
        "backoff: " + config.backoffNanos() + " has negative times");
    check.finish("consumer");
  }

  private void source(String field, StreamSource source) {
    name(field + ".name", source.name(), "stream");
    if (!source.filterSubject().isEmpty()) {
      filter(field + ".filter_subject", source.filterSubject());
    }
    notNegative(field + ".opt_start_seq", source.optStartSeq());
  }

  private void name(String field, String name, String what) {
    add(!Subjects.isName(name), field + ": not the name of a " + what + ": '" + name + "'");
  }

  private void filters(String field, List<String> subjects) {
    for (int i = 0; i < subjects.size(); i++) {
      filter(field + "[" + i + "]", subjects.get(i));
    }
  }

  private void filter(String field, String subject) {
    boolean valid = Subject.isValidFilter(subject) && !Subject.hasWhitespace(subject);
    add(!valid, field + ": not a subject: '" + subject + "'");
  }

  private void notNegative(String field, long value) {
    add(value < 0, field + ": negative: " + value);
  }

  private void add(boolean isWrong, String text) {
    if (isWrong) {
      wrong.add(text);
    }
  }

  private void finish(String what) {
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "the configuration of a " + what + " cannot be sent: " + String.join("; ", wrong));
    }
  }
}
