// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** There is no such consumer (10014). */
public class ConsumerNotFoundException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public ConsumerNotFoundException(ApiError error) {
    super(error);
  }
}
