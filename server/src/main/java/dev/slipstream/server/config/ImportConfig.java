// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import dev.slipstream.protocol.subject.ImportMapping;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import org.jspecify.annotations.Nullable;

/**
 * What an account takes from another.
 *
 * @param kind as in the export
 * @param account the account that exports
 * @param subject the subject there
 * @param to the subject here; null for the same
 * @param prefix the tokens put before the subject here, of a stream import only; null for none
 * @param share whether the service sees who asks
 */
public record ImportConfig(
    ExportConfig.Kind kind,
    String account,
    String subject,
    @Nullable String to,
    @Nullable String prefix,
    boolean share) {

  /** The subject here as it is written: {@code to}, or the subject there, behind the prefix. */
  public String here() {
    String before = prefix;
    if (kind == ExportConfig.Kind.STREAM && before != null && !before.isEmpty()) {
      return before + (before.endsWith(".") ? "" : ".") + subject;
    }
    String other = to;
    return other == null || other.isEmpty() ? subject : other;
  }

  /** The subjects here as a filter. */
  public String filterHere() {
    return ImportMapping.asFilter(here());
  }

  /**
   * What turns the subject under which something is published into the one under which it is heard:
   * there to here for a stream, here to there for a service; null when all subjects stay as they
   * are, or all become one.
   *
   * @throws MappingException when the two cannot be mapped to each other
   */
  public @Nullable ImportMapping mapping() throws MappingException {
    if (Subject.isLiteral(subject) || here().equals(subject)) {
      return null;
    }
    ImportMapping toHere = ImportMapping.of(subject, ImportMapping.asDestination(here()));
    return kind == ExportConfig.Kind.STREAM ? toHere : toHere.reversed();
  }
}
