// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.Republish;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which subject transforms and republishes a stream takes. Source: ADR-28, ADR-36. */
final class MappingRules {

  private MappingRules() {}

  /** The republish of a configuration whose subjects are filled in; null when there is none. */
  static @Nullable Republish withDefaults(StreamConfig config) {
    Republish given = config.republish();
    if (given == null) {
      return null;
    }
    String source = given.source().isEmpty() ? ">" : given.source();
    SubjectTransform transform = config.subjectTransform();
    boolean all = source.equals(">") && given.destination().equals(">");
    if (all && transform != null && config.subjects().equals(List.of(transform.source()))) {
      // all under the subjects that the transform makes
      String made = transform.destination();
      return new Republish(made, made, given.headersOnly());
    }
    return new Republish(source, given.destination(), given.headersOnly());
  }

  /** What is wrong with the mappings of a configuration whose defaults are filled in, or null. */
  static @Nullable ApiError refusal(StreamConfig config) {
    SubjectTransform transform = config.subjectTransform();
    if (transform != null) {
      String source = transform.source();
      if (!source.isEmpty() && !Subject.isValidFilter(source)) {
        return ApiErrors.STREAM_TRANSFORM_INVALID_SOURCE.of("invalid subject " + source);
      }
      try {
        SubjectMapping.validate(source, transform.destination());
      } catch (MappingException wrong) {
        return ApiErrors.STREAM_TRANSFORM_INVALID_DESTINATION.of(
            String.valueOf(wrong.getMessage()));
      }
    }
    Republish republish = config.republish();
    return republish == null ? null : refusal(config, republish);
  }

  private static @Nullable ApiError refusal(StreamConfig config, Republish republish) {
    String destination = republish.destination();
    if (config.subjects().stream().anyMatch(each -> Subject.overlap(destination, each))) {
      return StreamRules.invalid("stream configuration for republish destination forms a cycle");
    }
    try {
      if (!destination.isEmpty()) {
        SubjectMapping.of(republish.source(), destination);
      }
      return null;
    } catch (MappingException wrong) {
      return StreamRules.invalid(
          "stream configuration for republish with transform from '"
              + republish.source()
              + "' to '"
              + destination
              + "' not valid");
    }
  }
}
