// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.List;
import java.util.stream.Collectors;

/** No server could be reached: every address was tried once, and each failed in its own way. */
public class ConnectFailedException extends NatsException {
  private static final long serialVersionUID = 1L;

  private final transient List<Attempt> attempts;

  /**
   * One address that was tried.
   *
   * @param server the address, without credentials
   * @param cause why it failed
   */
  public record Attempt(String server, Throwable cause) {}

  /** A failure with what became of each address. */
  public ConnectFailedException(List<Attempt> attempts) {
    super(
        "cannot connect: "
            + attempts.stream()
                .map(attempt -> attempt.server + ": " + attempt.cause.getMessage())
                .collect(Collectors.joining("; ")),
        attempts.isEmpty() ? null : attempts.get(attempts.size() - 1).cause);
    this.attempts = List.copyOf(attempts);
  }

  /** What became of each address, in the order in which they were tried. */
  public List<Attempt> attempts() {
    return attempts;
  }
}
