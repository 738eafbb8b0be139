// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.subject.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an account offers to others.
 *
 * @param kind messages that others receive, or requests that others may send
 * @param subject the exported subjects, wildcards allowed
 * @param accounts the accounts that may import; empty for all
 * @param responseType how many responses a request of a service has
 * @param responseThresholdNanos how long a service may take to answer; 0 for the default
 * @param latency how the service's latency is sampled, or null
 * @param accountTokenPosition the token of the subject, from 1, that must be the importer's name; 0
 *     for none
 */
public record ExportConfig(
    Kind kind,
    String subject,
    List<String> accounts,
    ResponseType responseType,
    long responseThresholdNanos,
    @Nullable Latency latency,
    int accountTokenPosition) {

  /** What is shared. */
  public enum Kind {
    STREAM,
    SERVICE
  }

  /** How many responses a request has. */
  public enum ResponseType {
    SINGLETON,
    STREAM,
    CHUNKED
  }

  /**
   * Where the latency of a service is published, and of how many requests.
   *
   * @param samplingPercent 1 to 100, or 0 if a header of the request decides
   */
  public record Latency(int samplingPercent, String subject) {}

  public ExportConfig {
    accounts = List.copyOf(accounts);
  }

  /** Whether every account may import it. */
  boolean isPublic() {
    return accounts.isEmpty() && accountTokenPosition == 0;
  }

  /** Whether an account may import the subject, which is exported. */
  boolean allows(String account, String imported) {
    if (accountTokenPosition > 0) {
      String[] tokens = Subject.tokens(imported);
      return !imported.equals(subject)
          && accountTokenPosition <= tokens.length
          && tokens[accountTokenPosition - 1].equals(account);
    }
    return isPublic() || accounts.contains(account);
  }
}
