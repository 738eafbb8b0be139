// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** There is no such message (10037, 10043). */
public class MessageNotFoundException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public MessageNotFoundException(ApiError error) {
    super(error);
  }
}
