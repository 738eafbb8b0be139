// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * The kinds of records that the engine appends beside messages. Numbers are part of the data format
 * and never change their meaning.
 */
final class Records {
  /** Of the catalogue: stream id, account, creation time, configuration. */
  static final byte STREAM_CREATED = 16;

  /** Of the catalogue: stream id. */
  static final byte STREAM_DELETED = 17;

  /** Of a stream: configuration. */
  static final byte STREAM_UPDATED = 18;

  /** Of a stream: sequence of one message that was deleted. */
  static final byte MESSAGE_DELETED = 19;

  /** Of a stream: filter, sequence, messages to keep. */
  static final byte PURGED = 20;

  /** Of a stream: everything up to a sequence is too old. */
  static final byte EXPIRED = 21;

  /** Of a stream: consumer id, name, creation time, configuration. */
  static final byte CONSUMER_CREATED = 22;

  /** Of a stream: consumer id, configuration. */
  static final byte CONSUMER_UPDATED = 23;

  /** Of a stream: consumer id. */
  static final byte CONSUMER_DELETED = 24;

  /** Of a stream: consumer id, changes of its state. */
  static final byte CONSUMER_CHANGED = 25;

  /** Of a stream: how many messages are too old by their own limits, the sequence of each. */
  static final byte MESSAGES_EXPIRED = 26;

  /** Of a stream: how many runs of messages nobody needs any more, first and last of each. */
  static final byte MESSAGES_DONE = 27;

  /** Of a stream: sequence, time and id of a message that nobody is interested in. */
  static final byte MESSAGE_SKIPPED = 28;

  /** Of a stream: a source's name, sequence and identity, behind a message that was passed over. */
  static final byte SOURCE_MOVED = 29;

  /**
   * Of a stream: from where to where messages leave of which their subjects have too many, and how
   * many of the first leave at most while it is over its limits.
   */
  static final byte LIMITED = 30;

  /** Of the catalogue: as {@link #STREAM_CREATED}, of a stream that is being restored. */
  static final byte STREAM_RESTORING = 40;

  /** Of the catalogue: stream id; everything of it is in the log, and it is there from now on. */
  static final byte STREAM_RESTORED = 41;

  /** Of a stream: the last sequence and its time, behind the messages that were restored. */
  static final byte MESSAGES_RESTORED = 42;

  /** Of a stream: consumer id, name, creation time, configuration, state. */
  static final byte CONSUMER_RESTORED = 43;

  /** Of a stream: sequence of a schedule and when it is due next, without a message of it. */
  static final byte SCHEDULE_MOVED = 50;

  /** Of a stream: how far schedules were looked for, how many, sequence and moment of each. */
  static final byte SCHEDULES_FOUND = 51;

  private Records() {}

  /** Whether a record takes messages away because somebody asked for it. */
  static boolean isRemoval(byte type) {
    return type == PURGED || type == MESSAGE_DELETED;
  }
}
