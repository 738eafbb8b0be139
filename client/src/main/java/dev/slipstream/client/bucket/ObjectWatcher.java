// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

/** Hears what is done to objects, one change after another, on a thread of the client. */
@FunctionalInterface
public interface ObjectWatcher {
  /** An object was stored, described anew, or {@linkplain ObjectInfo#deleted deleted}. */
  void onInfo(ObjectInfo info) throws Exception;

  /**
   * All that was there when the watch began has come; called once, by the thread that begins the
   * watch when there was nothing.
   */
  default void onCaughtUp() throws Exception {}
}
