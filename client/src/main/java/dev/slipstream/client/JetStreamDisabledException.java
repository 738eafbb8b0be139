// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** JetStream is off, for the server or for the account (10039, 10076). */
public class JetStreamDisabledException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public JetStreamDisabledException(ApiError error) {
    super(error);
  }
}
