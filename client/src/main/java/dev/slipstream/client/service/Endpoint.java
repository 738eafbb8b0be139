// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import dev.slipstream.client.SubscribeOptions;
import dev.slipstream.protocol.json.JsonWriter;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a service that is asked by a subject of its own: {@code Endpoint.of("add", r ->
 * r.respond(sum(r.text()))).in(Group.of("v1"))}. Immutable; its names are checked when a service is
 * started.
 */
public final class Endpoint {
  private final Values values;

  private Endpoint(Values values) {
    this.values = values;
  }

  /** What is changed one by one. */
  private static final class Values {
    private final String name;
    private final ServiceHandler handler;
    private String subject;
    private @Nullable Group group;
    private @Nullable String queueGroup;
    private Map<String, String> metadata = Map.of();
    private long maxPendingMessages = SubscribeOptions.DEFAULT_MAX_PENDING_MESSAGES;
    private long maxPendingBytes = SubscribeOptions.DEFAULT_MAX_PENDING_BYTES;
    private @Nullable Consumer<? super JsonWriter> data;

    Values(String name, ServiceHandler handler) {
      this.name = name;
      this.handler = handler;
      subject = name;
    }
  }

  /** An endpoint whose subject is its name. */
  public static Endpoint of(String name, ServiceHandler handler) {
    return new Endpoint(
        new Values(
            Objects.requireNonNull(name, "name"), Objects.requireNonNull(handler, "handler")));
  }

  private Endpoint with(Consumer<Values> change) {
    Values copy = new Values(values.name, values.handler);
    copy.subject = values.subject;
    copy.group = values.group;
    copy.queueGroup = values.queueGroup;
    copy.metadata = values.metadata;
    copy.maxPendingMessages = values.maxPendingMessages;
    copy.maxPendingBytes = values.maxPendingBytes;
    copy.data = values.data;
    change.accept(copy);
    return new Endpoint(copy);
  }

  /** With another subject than its name; may hold wildcards. */
  public Endpoint subject(String subject) {
    return with(to -> to.subject = subject);
  }

  /** With a subject below that of a group. */
  public Endpoint in(Group group) {
    return with(to -> to.group = group);
  }

  /** With a queue group of its own. */
  public Endpoint queueGroup(String queueGroup) {
    return with(to -> to.queueGroup = queueGroup);
  }

  /** Without a queue group: each instance of the service gets each request. */
  public Endpoint withoutQueueGroup() {
    return queueGroup("");
  }

  /** With what {@code INFO} tells of it. */
  public Endpoint metadata(Map<String, String> pairs) {
    Map<String, String> copy = Map.copyOf(pairs);
    return with(to -> to.metadata = copy);
  }

  /** With other bounds of the requests that wait for the handler; more are dropped. */
  public Endpoint maxPending(long messages, long bytes) {
    return with(
        to -> {
          to.maxPendingMessages = messages;
          to.maxPendingBytes = bytes;
        });
  }

  /**
   * With figures of its own beside the counts: {@code json} writes one value whenever somebody asks
   * for statistics. When it throws, the figures are left out.
   */
  public Endpoint data(Consumer<? super JsonWriter> json) {
    return with(to -> to.data = json);
  }

  /** The name. */
  public String name() {
    return values.name;
  }

  /** The whole subject, that of its group included. */
  public String subject() {
    return values.group == null ? values.subject : values.group.prefix() + "." + values.subject;
  }

  /** What {@code INFO} tells of it. */
  public Map<String, String> metadata() {
    return values.metadata;
  }

  /** The queue group, empty for none; {@code ofService} when neither it nor its group says. */
  String queueGroupOr(String ofService) {
    if (values.queueGroup != null) {
      return values.queueGroup;
    }
    return values.group == null ? ofService : values.group.queueGroupOr(ofService);
  }

  ServiceHandler handler() {
    return values.handler;
  }

  SubscribeOptions subscribeOptions(String ofService) {
    return SubscribeOptions.to(subject())
        .inQueue(queueGroupOr(ofService))
        .maxPending(values.maxPendingMessages, values.maxPendingBytes);
  }

  boolean hasBounds() {
    return values.maxPendingMessages > 0 && values.maxPendingBytes > 0;
  }

  @Nullable Consumer<? super JsonWriter> data() {
    return values.data;
  }
}
