// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * What an engine is told once at its start.
 *
 * @param serverName shown as the leader of every stream
 * @param version the compatibility version that clients gate features by
 * @param apiLevel the JetStream API level that requests may require
 * @param domain the JetStream domain; empty for none
 * @param strict whether unknown JSON fields are refused
 * @param maxMemoryBytes what memory streams may hold; -1 without limit
 * @param maxFileBytes what file streams may hold; -1 without limit
 * @param maxAckPending the most that a consumer may ask for; 0 without limit
 * @param maxRequestBatch the most that a consumer may ask for; 0 without limit
 * @param defaultMaxConsumers the most consumers of a stream where neither it nor its account says
 *     so; 0 or less without limit
 * @param maxDuplicateWindowNanos the longest duplicate window; 0 without limit
 * @param messageIdBytes what the message ids of all duplicate windows may hold in memory
 * @param batches how many batches may be open, and how large
 * @param sliceMessages about how many messages leave a stream in one turn of its loop
 */
public record EngineOptions(
    String serverName,
    String version,
    int apiLevel,
    String domain,
    boolean strict,
    long maxMemoryBytes,
    long maxFileBytes,
    int maxAckPending,
    int maxRequestBatch,
    int defaultMaxConsumers,
    long maxDuplicateWindowNanos,
    long messageIdBytes,
    BatchLimits batches,
    int sliceMessages) {

  /** The JetStream API level that is built. Source: docs/compatibility.md. */
  public static final int API_LEVEL = 5;

  /** What message ids may hold where nothing else is said. */
  public static final long DEFAULT_MESSAGE_ID_BYTES = 256L << 20;

  /** How many messages leave in a turn where nothing else is said: about a millisecond's work. */
  public static final int DEFAULT_SLICE_MESSAGES = 768;

  /** Options without limits for a server of this name. */
  public static EngineOptions of(String serverName, String version) {
    return new EngineOptions(
        serverName,
        version,
        API_LEVEL,
        "",
        true,
        -1,
        -1,
        0,
        0,
        0,
        0,
        DEFAULT_MESSAGE_ID_BYTES,
        BatchLimits.DEFAULT,
        DEFAULT_SLICE_MESSAGES);
  }

  /** The same with another {@link #sliceMessages}. */
  EngineOptions sliceMessages(int messages) {
    return new EngineOptions(
        serverName,
        version,
        apiLevel,
        domain,
        strict,
        maxMemoryBytes,
        maxFileBytes,
        maxAckPending,
        maxRequestBatch,
        defaultMaxConsumers,
        maxDuplicateWindowNanos,
        messageIdBytes,
        batches,
        messages);
  }
}
