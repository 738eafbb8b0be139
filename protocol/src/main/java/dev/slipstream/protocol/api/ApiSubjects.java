// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.api;

/**
 * The subjects of the JetStream API below one prefix, as a client sends requests to them.
 *
 * <p>The usual prefix is {@code $JS.API}; a domain has {@code $JS.<domain>.API}, and an imported
 * API any other. Each method is named after its request and answers the whole subject. Immutable,
 * for any thread. Names go into subjects as they are.
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

  /** {@code INFO}. */
  public String info() {
    return prefix + "INFO";
  }

  /** {@code STREAM.CREATE}. */
  public String streamCreate(String stream) {
    return prefix + "STREAM.CREATE." + stream;
  }

  /** {@code STREAM.UPDATE}. */
  public String streamUpdate(String stream) {
    return prefix + "STREAM.UPDATE." + stream;
  }

  /** {@code STREAM.NAMES}. */
  public String streamNames() {
    return prefix + "STREAM.NAMES";
  }

  /** {@code STREAM.LIST}. */
  public String streamList() {
    return prefix + "STREAM.LIST";
  }

  /** {@code STREAM.INFO}. */
  public String streamInfo(String stream) {
    return prefix + "STREAM.INFO." + stream;
  }

  /** {@code STREAM.DELETE}. */
  public String streamDelete(String stream) {
    return prefix + "STREAM.DELETE." + stream;
  }

  /** {@code STREAM.PURGE}. */
  public String streamPurge(String stream) {
    return prefix + "STREAM.PURGE." + stream;
  }

  /** {@code STREAM.MSG.GET}. */
  public String msgGet(String stream) {
    return prefix + "STREAM.MSG.GET." + stream;
  }

  /** {@code STREAM.MSG.DELETE}. */
  public String msgDelete(String stream) {
    return prefix + "STREAM.MSG.DELETE." + stream;
  }

  /** {@code CONSUMER.CREATE} for a consumer that the server names. */
  public String consumerCreate(String stream) {
    return prefix + "CONSUMER.CREATE." + stream;
  }

  /** {@code CONSUMER.CREATE} for a named consumer. */
  public String consumerCreate(String stream, String consumer) {
    return prefix + "CONSUMER.CREATE." + stream + "." + consumer;
  }

  /** {@code CONSUMER.CREATE} for a named consumer with one filter, which permissions can see. */
  public String consumerCreate(String stream, String consumer, String filter) {
    return filter.isEmpty()
        ? consumerCreate(stream, consumer)
        : consumerCreate(stream, consumer) + "." + filter;
  }

  /** {@code CONSUMER.NAMES}. */
  public String consumerNames(String stream) {
    return prefix + "CONSUMER.NAMES." + stream;
  }

  /** {@code CONSUMER.LIST}. */
  public String consumerList(String stream) {
    return prefix + "CONSUMER.LIST." + stream;
  }

  /** {@code CONSUMER.INFO}. */
  public String consumerInfo(String stream, String consumer) {
    return prefix + "CONSUMER.INFO." + stream + "." + consumer;
  }

  /** {@code CONSUMER.DELETE}. */
  public String consumerDelete(String stream, String consumer) {
    return prefix + "CONSUMER.DELETE." + stream + "." + consumer;
  }

  /** {@code CONSUMER.PAUSE}. */
  public String consumerPause(String stream, String consumer) {
    return prefix + "CONSUMER.PAUSE." + stream + "." + consumer;
  }

  /** {@code CONSUMER.RESET}. */
  public String consumerReset(String stream, String consumer) {
    return prefix + "CONSUMER.RESET." + stream + "." + consumer;
  }

  /** {@code CONSUMER.UNPIN}. */
  public String consumerUnpin(String stream, String consumer) {
    return prefix + "CONSUMER.UNPIN." + stream + "." + consumer;
  }

  /** {@code CONSUMER.MSG.NEXT}. */
  public String msgNext(String stream, String consumer) {
    return prefix + "CONSUMER.MSG.NEXT." + stream + "." + consumer;
  }

  /** {@code DIRECT.GET}. */
  public String directGet(String stream) {
    return prefix + "DIRECT.GET." + stream;
  }

  /** {@code DIRECT.GET} for the last message of a subject. */
  public String directGetLast(String stream, String subject) {
    return prefix + "DIRECT.GET." + stream + "." + subject;
  }
}
