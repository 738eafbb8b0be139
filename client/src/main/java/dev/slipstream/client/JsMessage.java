// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;

/** stub */
public final class JsMessage extends Message {
  JsMessage(MessageFrame frame) {
    super(frame);
  }
}
