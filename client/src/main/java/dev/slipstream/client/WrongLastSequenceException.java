// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;

/** A publish expected another last sequence, of the stream or of the subject (10071, 10164). */
public class WrongLastSequenceException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public WrongLastSequenceException(ApiError error) {
    super(error);
  }
}
