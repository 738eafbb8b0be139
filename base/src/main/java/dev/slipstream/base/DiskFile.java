// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file of a {@link Disk}, read and written at positions.
 *
 * <p>Positions and sizes are in bytes. Thread-safe. Never use it on a thread that may be
 * interrupted: an interrupt closes the file for everybody.
 */
public interface DiskFile extends Closeable {

  /**
   * Fills the rest of {@code into} from {@code position} on.
   *
   * @throws EOFException when the file ends before
   */
  void readFully(ByteBuffer into, long position) throws IOException;

  /**
   * As {@link #readFully}, for much that is read once: where the system can, past its cache and
   * without the reading ahead of which the syncs of other files would notice.
   *
   * @throws EOFException when the file ends before
   */
  default void readOnce(ByteBuffer into, long position) throws IOException {
    readFully(into, position);
  }

  /**
   * Writes all that remains of {@code from} at {@code position}; the file grows where needed.
   *
   * @throws DiskFullException when there is no room; part of the bytes may have been written
   */
  void write(ByteBuffer from, long position) throws IOException;

  /**
   * Makes what was written durable. After a failure nothing is known about what was written since
   * the last success, and a later success says nothing about it.
   */
  void sync() throws IOException;

  /** How many bytes the file has. */
  long size() throws IOException;

  /** Cuts the file to {@code size} bytes when it is longer. */
  void truncate(long size) throws IOException;
}
