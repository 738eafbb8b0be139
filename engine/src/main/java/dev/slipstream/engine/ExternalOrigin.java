// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.ApiSubjects;
import dev.slipstream.protocol.api.ExternalStream;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.json.GoQuote;
import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the account in which a mirror's or source's stream is when it is told by the prefixes of an
 * API and of deliver subjects.
 *
 * <p>Both must lead there through imports, as they would have to for a consumer of the protocol:
 * the calls that create one, and what it delivers. The messages themselves go from loop to loop
 * then, as within an account.
 */
final class ExternalOrigin {
  private static final String API = ApiSubjects.DEFAULT.prefix();

  private ExternalOrigin() {}

  /** The account of a source's stream, as things stand; null when no import leads to one. */
  static @Nullable JetStreamAccount accountOf(
      JetStreamAccount account, StreamSource source, boolean mirrored) {
    ExternalStream external = source.external();
    if (external == null) {
      return account;
    }
    if (external.api().equals("$JS." + account.domain() + ".API")) {
      return account;
    }
    String call = ".CONSUMER.CREATE." + source.name() + ".x";
    call += source.filterSubject().isEmpty() ? "" : "." + literal(source.filterSubject());
    MessageBus.Service behind =
        external.api().isEmpty() ? null : account.bus().serviceBehind(external.api() + call);
    if (behind == null || !behind.subject().equals(API + call)) {
      return null;
    }
    String delivered = external.deliver().isEmpty() ? "$JS" : external.deliver();
    delivered += (mirrored ? ".M" : ".S") + ".x";
    JetStreamAccount other = account.neighbour(behind.account());
    return other != null
            && other.isEnabled()
            && account.bus().imports(other.name(), delivered.replace("..", "."))
        ? other
        : null;
  }

  /** A subject that a filter stands for. */
  private static String literal(String filter) {
    String[] tokens = Subject.tokens(filter);
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = tokens[i].equals("*") || tokens[i].equals(">") ? "x" : tokens[i];
    }
    return String.join(".", tokens);
  }

  /**
   * What is wrong with the prefixes of a stream's mirror and sources, or null.
   *
   * @param taken the subjects of the streams of its own account that it takes from
   */
  static @Nullable ApiError refusal(StreamConfig config, List<String> taken) {
    List<ExternalStream> all = new ArrayList<>();
    StreamSource mirror = config.mirror();
    if (mirror != null && mirror.external() != null) {
      all.add(mirror.external());
    }
    for (StreamSource source : config.sources()) {
      if (source.external() != null) {
        all.add(source.external());
      }
    }
    for (ExternalStream each : all) {
      ApiError refusal = refusalOfDeliver(each.deliver(), taken);
      if (refusal != null) {
        return refusal;
      }
    }
    for (ExternalStream each : all) {
      ApiError refusal = refusalOfApi(each.api());
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static @Nullable ApiError refusalOfDeliver(String prefix, List<String> subjects) {
    if (prefix.isEmpty()) {
      return null;
    }
    if (!Subject.isValidLiteral(prefix)) {
      return ApiErrors.STREAM_INVALID_EXTERNAL_DELIVERY_SUBJ.of(prefix);
    }
    for (String subject : subjects) {
      if (Subject.overlap(subject, prefix + "." + subject)) {
        return ApiErrors.STREAM_EXTERNAL_DEL_PREFIX_OVERLAPS.of(prefix, subject);
      }
    }
    return null;
  }

  private static @Nullable ApiError refusalOfApi(String prefix) {
    if (prefix.isEmpty()) {
      return null;
    }
    if (!Subject.isValidLiteral(prefix)) {
      return StreamRules.invalid(
          "stream external api prefix "
              + GoQuote.quote(prefix)
              + " must be a valid subject without wildcards");
    }
    return prefix.equals(API) ? ApiErrors.STREAM_EXTERNAL_API_OVERLAP.of(prefix, API) : null;
  }
}
