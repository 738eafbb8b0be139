// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.JsMessage;

/** A worker of which a test says what its {@code init} does; it never sees a message. */
interface InitOnly extends PullWorker<Integer, Integer> {

  /** Options with which it looks for a connection that nobody has, for as long as it lives. */
  static Init<Integer> seeking() {
    return Init.ok(
        0,
        WorkerOptions.builder().connection("nobody").stream("S")
            .consumer("C")
            .connectionRetries(1_000_000)
            .build());
  }

  @Override
  default Reply<Integer> handleMessage(JsMessage message, Integer state) {
    throw new AssertionError("there is nothing to handle");
  }
}
