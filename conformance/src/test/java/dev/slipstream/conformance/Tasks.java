// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.util.List;

/** What applications do every day, by one client; each answers with what came of it. */
interface Tasks extends AutoCloseable {
  /** Creates a stream of orders, whether or not it is there. */
  String stream() throws Exception;

  /** Publishes one message twice, with an id; answers whether the second was a duplicate. */
  boolean publish() throws Exception;

  /**
   * Publishes many messages, of which few wait for their acknowledgement; answers the last
   * sequence.
   */
  long publishMany(int messages) throws Exception;

  /** Has a durable consumer's messages handled until {@code messages} were. */
  List<String> consume(int messages) throws Exception;

  /** Fetches what there is. */
  List<String> fetch() throws Exception;

  /** Iterates over messages. */
  List<String> iterate(int messages) throws Exception;

  /** Has a message delivered again, later, and then not any more; answers how often it came. */
  long again() throws Exception;

  /** Reads all of a stream in order, without acknowledgements. */
  List<String> replay(int messages) throws Exception;

  /** Asks somebody who answers. */
  String ask() throws Exception;

  /** Stores a value, changes it when nobody else has, reads it. */
  String keyValue() throws Exception;

  /** Ends without losing what was taken. */
  @Override
  void close() throws Exception;
}
