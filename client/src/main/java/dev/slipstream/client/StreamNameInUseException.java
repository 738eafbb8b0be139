// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** A stream of that name is there with another configuration (10058). */
public class StreamNameInUseException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public StreamNameInUseException(ApiError error) {
    super(error);
  }
}
