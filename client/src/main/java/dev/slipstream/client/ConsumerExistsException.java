// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** A consumer of that name is there with another configuration (10013, 10148). */
public class ConsumerExistsException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public ConsumerExistsException(ApiError error) {
    super(error);
  }
}
