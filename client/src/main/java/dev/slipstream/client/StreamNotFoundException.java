// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** There is no such stream (10059). */
public class StreamNotFoundException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public StreamNotFoundException(ApiError error) {
    super(error);
  }
}
