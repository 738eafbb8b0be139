// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.wire.MessageFrame;
import java.util.Arrays;

/**
 * The JetStream API in the system account, which has no streams: every request is told so. Owns
 * nothing. Source: the public server.
 */
final class SystemApi implements MessageBus.Listener {
  private final JetStreamAccount account;

  SystemApi(JetStreamAccount account) {
    this.account = account;
  }

  @Override
  public boolean onMessage(MessageFrame message) {
    String[] all = message.subject().split("\\.", -1);
    String[] tokens = Arrays.copyOfRange(all, Math.min(2, all.length), all.length);
    ApiOperation operation =
        tokens.length > 0 && ApiOperation.of(tokens) == ApiOperation.ACCOUNT_INFO
            ? ApiOperation.ACCOUNT_INFO
            : ApiOperation.UNKNOWN;
    new ApiAnswer(ApiRequest.of(account, tokens, message), operation)
        .error(ApiErrors.NOT_ENABLED_FOR_ACCOUNT.of());
    return true;
  }
}
