// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker.groups;

import dev.slipstream.client.PullEvent;
import java.util.function.Consumer;

/**
 * Whether a consumption is the one that the server has pinned, by what the consumption tells.
 *
 * <p>Written by the client's callbacks, one at a time; read by any thread. Source: ADR-42.
 */
final class PinWatch implements Consumer<PullEvent> {
  private static final int OTHER_IS_PINNED = 423;

  private volatile String id = "";

  @Override
  public void accept(PullEvent event) {
    if (event instanceof PullEvent.Pinned pinned) {
      id = pinned.id();
    } else if (event instanceof PullEvent.PullEnded ended && ended.code() == OTHER_IS_PINNED) {
      id = "";
    }
  }

  /** The id that the server gave it; empty when it is not pinned, as far as it knows. */
  String id() {
    return id;
  }
}
