// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

import org.jspecify.annotations.Nullable;

/**
 * The subjects of the JetStream API below one prefix: built by a client, parsed by a server.
 *
 * <p>The usual prefix is {@code $JS.API}; a domain has {@code $JS.<domain>.API}, and an imported
 * API any other. Immutable, for any thread. Names go into subjects as they are.
 */
public final class ApiSubjects {
  /** The API of the own account, {@code $JS.API}. */
  public static final ApiSubjects DEFAULT = new ApiSubjects("$JS.API");

  private final String prefix;

  private ApiSubjects(String prefix) {
    this.prefix = prefix + ".";
  }

  /** The subjects below a prefix, without the dot at its end; empty for the usual prefix. */
  public static ApiSubjects of(String prefix) {
    String bare = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
    return bare.isEmpty() || bare.equals("$JS.API") ? DEFAULT : new ApiSubjects(bare);
  }

  /** The subjects of a domain; empty for the usual ones. */
  public static ApiSubjects ofDomain(String domain) {
    return domain.isEmpty() ? DEFAULT : new ApiSubjects("$JS." + domain + ".API");
  }

  /** The prefix, without a dot at its end. */
  public String prefix() {
    return prefix.substring(0, prefix.length() - 1);
  }

  /** The subject of an endpoint that concerns no stream. */
  public String subject(ApiEndpoint endpoint) {
    return prefix + endpoint.words();
  }

  /** The subject of an endpoint for a stream. */
  public String subject(ApiEndpoint endpoint, String stream) {
    return prefix + endpoint.words() + "." + stream;
  }

  /** The subject of an endpoint for a consumer. */
  public String subject(ApiEndpoint endpoint, String stream, String consumer) {
    return prefix + endpoint.words() + "." + stream + "." + consumer;
  }

  /** {@code INFO}. */
  public String info() {
    return subject(ApiEndpoint.INFO);
  }

  /** {@code STREAM.CREATE}. */
  public String streamCreate(String stream) {
    return subject(ApiEndpoint.STREAM_CREATE, stream);
  }

  /** {@code STREAM.UPDATE}. */
  public String streamUpdate(String stream) {
    return subject(ApiEndpoint.STREAM_UPDATE, stream);
  }

  /** {@code STREAM.NAMES}. */
  public String streamNames() {
    return subject(ApiEndpoint.STREAM_NAMES);
  }

  /** {@code STREAM.LIST}. */
  public String streamList() {
    return subject(ApiEndpoint.STREAM_LIST);
  }

  /** {@code STREAM.INFO}. */
  public String streamInfo(String stream) {
    return subject(ApiEndpoint.STREAM_INFO, stream);
  }

  /** {@code STREAM.DELETE}. */
  public String streamDelete(String stream) {
    return subject(ApiEndpoint.STREAM_DELETE, stream);
  }

  /** {@code STREAM.PURGE}. */
  public String streamPurge(String stream) {
    return subject(ApiEndpoint.STREAM_PURGE, stream);
  }

  /** {@code STREAM.MSG.GET}. */
  public String msgGet(String stream) {
    return subject(ApiEndpoint.STREAM_MSG_GET, stream);
  }

  /** {@code STREAM.MSG.DELETE}. */
  public String msgDelete(String stream) {
    return subject(ApiEndpoint.STREAM_MSG_DELETE, stream);
  }

  /** {@code STREAM.SNAPSHOT}. */
  public String streamSnapshot(String stream) {
    return subject(ApiEndpoint.STREAM_SNAPSHOT, stream);
  }

  /** {@code STREAM.RESTORE}. */
  public String streamRestore(String stream) {
    return subject(ApiEndpoint.STREAM_RESTORE, stream);
  }

  /** {@code CONSUMER.CREATE} for a consumer that the server names. */
  public String consumerCreate(String stream) {
    return subject(ApiEndpoint.CONSUMER_CREATE, stream);
  }

  /** {@code CONSUMER.CREATE} for a named consumer. */
  public String consumerCreate(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_CREATE, stream, consumer);
  }

  /** {@code CONSUMER.CREATE} for a named consumer with one filter, which permissions can see. */
  public String consumerCreate(String stream, String consumer, String filter) {
    return filter.isEmpty()
        ? consumerCreate(stream, consumer)
        : consumerCreate(stream, consumer) + "." + filter;
  }

  /** {@code CONSUMER.DURABLE.CREATE}, the older form. */
  public String durableCreate(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_DURABLE_CREATE, stream, consumer);
  }

  /** {@code CONSUMER.NAMES}. */
  public String consumerNames(String stream) {
    return subject(ApiEndpoint.CONSUMER_NAMES, stream);
  }

  /** {@code CONSUMER.LIST}. */
  public String consumerList(String stream) {
    return subject(ApiEndpoint.CONSUMER_LIST, stream);
  }

  /** {@code CONSUMER.INFO}. */
  public String consumerInfo(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_INFO, stream, consumer);
  }

  /** {@code CONSUMER.DELETE}. */
  public String consumerDelete(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_DELETE, stream, consumer);
  }

  /** {@code CONSUMER.PAUSE}. */
  public String consumerPause(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_PAUSE, stream, consumer);
  }

  /** {@code CONSUMER.UNPIN}. */
  public String consumerUnpin(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_UNPIN, stream, consumer);
  }

  /** {@code CONSUMER.RESET}. */
  public String consumerReset(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_RESET, stream, consumer);
  }

  /** {@code CONSUMER.MSG.NEXT}. */
  public String msgNext(String stream, String consumer) {
    return subject(ApiEndpoint.CONSUMER_MSG_NEXT, stream, consumer);
  }

  /** {@code DIRECT.GET}. */
  public String directGet(String stream) {
    return subject(ApiEndpoint.DIRECT_GET, stream);
  }

  /** {@code DIRECT.GET} for the last message of a subject. */
  public String directGetLast(String stream, String subject) {
    return subject(ApiEndpoint.DIRECT_GET, stream) + "." + subject;
  }

  /** The subject of an endpoint with wildcards, for a server to listen on. */
  public String pattern(ApiEndpoint endpoint) {
    return prefix + endpoint.pattern();
  }

  /** Returns what a subject asks for, or null if no endpoint has its form. */
  public @Nullable ApiCall parse(String subject) {
    if (!subject.startsWith(prefix)) {
      return null;
    }
    int from = prefix.length();
    int first = tokenEnd(subject, from);
    int second = tokenEnd(subject, first + 1);
    int third = tokenEnd(subject, second + 1);
    // The longest words that make an endpoint: some of two words begin like some of three.
    for (int end : new int[] {third, second, first}) {
      ApiEndpoint endpoint = ApiEndpoint.ofWords(subject.substring(from, end));
      if (endpoint != null) {
        return call(endpoint, end == subject.length() ? "" : subject.substring(end));
      }
    }
    return null;
  }

  /** Takes {@code tail}, empty or with a dot before each of its tokens, apart. */
  private static @Nullable ApiCall call(ApiEndpoint endpoint, String tail) {
    if (endpoint.form() == ApiEndpoint.Form.PLAIN) {
      return tail.isEmpty() ? new ApiCall(endpoint, "", "", "") : null;
    }
    int streamEnd = tokenEnd(tail, 1);
    if (streamEnd <= 1) {
      return null;
    }
    String stream = tail.substring(1, streamEnd);
    String more = tail.substring(streamEnd);
    if (endpoint == ApiEndpoint.DIRECT_GET) {
      return more.equals(".")
          ? null
          : new ApiCall(endpoint, stream, "", more.isEmpty() ? "" : more.substring(1));
    }
    if (more.isEmpty()) {
      boolean complete = endpoint.form() != ApiEndpoint.Form.CONSUMER;
      return complete ? new ApiCall(endpoint, stream, "", "") : null;
    }
    int consumerEnd = tokenEnd(more, 1);
    if (consumerEnd <= 1 || endpoint.form() == ApiEndpoint.Form.STREAM) {
      return null;
    }
    String consumer = more.substring(1, consumerEnd);
    String rest = more.substring(consumerEnd);
    if (rest.isEmpty()) {
      return new ApiCall(endpoint, stream, consumer, "");
    }
    boolean filtered = endpoint.form() == ApiEndpoint.Form.STREAM_AND_REST && rest.length() > 1;
    return filtered ? new ApiCall(endpoint, stream, consumer, rest.substring(1)) : null;
  }

  private static int tokenEnd(String subject, int from) {
    if (from >= subject.length()) {
      return subject.length();
    }
    int dot = subject.indexOf('.', from);
    return dot < 0 ? subject.length() : dot;
  }
}
