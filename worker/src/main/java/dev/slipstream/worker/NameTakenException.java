// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

/** A name is in use; the message says by whom. */
public final class NameTakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NameTakenException(String name, String owner, WorkerStatus status) {
    super("name '" + name + "' is taken by " + owner + ", which is " + status);
  }
}
