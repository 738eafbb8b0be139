// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import java.util.Objects;

/**
 * A stream refused an atomic batch, or a message of it; nothing of the batch is stored. Source:
 * ADR-50.
 */
public class BatchRefusedException extends ApiException {
  private static final long serialVersionUID = 1L;

  /** A refusal with one of the codes of atomic batches. */
  public BatchRefusedException(ApiError error) {
    super(error);
  }

  /**
   * Why: {@link ApiErrors#ATOMIC_PUBLISH_DISABLED} when the stream does not allow batches, {@link
   * ApiErrors#ATOMIC_PUBLISH_INCOMPLETE_BATCH} when a message of it is missing or the server has
   * given it up, and so on.
   */
  public ApiErrors reason() {
    return Objects.requireNonNull(ApiErrors.byErrCode(errCode()));
  }
}
