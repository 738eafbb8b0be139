// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.SourceConsumer;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.protocol.subject.MappingException;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which mirrors and sources a stream takes, in the order and with the words of the public server.
 */
final class OriginRules {
  private final StreamConfig config;
  private final Function<String, @Nullable StreamConfig> others;

  /**
   * The rules for a configuration.
   *
   * @param others the configurations of the account's streams by name; null for one that is not
   */
  OriginRules(StreamConfig config, Function<String, @Nullable StreamConfig> others) {
    this.config = config;
    this.others = others;
  }

  /** The configuration; a mirror answers direct gets when the stream that it mirrors does. */
  StreamConfig withDefaults() {
    StreamSource mirror = config.mirror();
    StreamConfig origin =
        mirror == null || mirror.external() != null ? null : others.apply(mirror.name());
    return origin == null ? config : config.toBuilder().mirrorDirect(origin.allowDirect()).build();
  }

  /** What is wrong, or null. */
  @Nullable ApiError refusal() {
    StreamSource mirror = config.mirror();
    ApiError refusal = mirror == null ? null : refusalOfMirror(mirror);
    if (refusal == null && !config.sources().isEmpty() && config.allowMsgSchedules()) {
      refusal = ApiErrors.SOURCE_WITH_MSG_SCHEDULES.of();
    }
    Set<String> names = new HashSet<>();
    Set<String> consumers = new HashSet<>();
    for (StreamSource source : config.sources()) {
      if (refusal == null) {
        refusal = refusalOfSource(source, names, consumers);
      }
    }
    if (refusal == null) {
      refusal = ExternalOrigin.refusal(config, subjectsOfOrigins());
    }
    if (refusal == null && isCycle()) {
      refusal = StreamRules.invalid("detected cycle");
    }
    return refusal;
  }

  private List<String> subjectsOfOrigins() {
    List<String> subjects = new ArrayList<>();
    List<StreamSource> all = new ArrayList<>(config.sources());
    StreamSource mirror = config.mirror();
    if (mirror != null) {
      all.add(mirror);
    }
    for (StreamSource each : all) {
      StreamConfig known = each.external() == null ? others.apply(each.name()) : null;
      if (known != null) {
        subjects.addAll(known.subjects());
      }
    }
    return subjects;
  }

  private @Nullable ApiError refusalOfMirror(StreamSource mirror) {
    if (config.firstSeq() > 0) {
      return ApiErrors.MIRROR_WITH_FIRST_SEQ.of();
    }
    if (!config.subjects().isEmpty()) {
      return ApiErrors.MIRROR_WITH_SUBJECTS.of();
    }
    if (!config.sources().isEmpty()) {
      return ApiErrors.MIRROR_WITH_SOURCES.of();
    }
    if (config.allowMsgCounter()) {
      return ApiErrors.MIRROR_WITH_COUNTERS.of();
    }
    if (config.allowAtomic()) {
      return ApiErrors.MIRROR_WITH_ATOMIC_PUBLISH.of();
    }
    if (config.allowBatched()) {
      return ApiErrors.MIRROR_WITH_BATCH_PUBLISH.of();
    }
    if (config.allowMsgSchedules()) {
      return ApiErrors.MIRROR_WITH_MSG_SCHEDULES.of();
    }
    if (!hasUsableConsumer(mirror)) {
      return ApiErrors.MIRROR_DURABLE_CONSUMER_CONFIG_INVALID.of();
    }
    if (!mirror.filterSubject().isEmpty() && !mirror.subjectTransforms().isEmpty()) {
      return ApiErrors.MIRROR_MULTIPLE_FILTERS_NOT_ALLOWED.of();
    }
    if (config.subjectDeleteMarkerTtlNanos() > 0) {
      return StreamRules.invalid("subject delete markers forbidden on mirrors");
    }
    ApiError wrong =
        refusalOfTransforms(
            mirror.subjectTransforms(),
            ApiErrors.MIRROR_INVALID_SUBJECT_FILTER,
            ApiErrors.MIRROR_INVALID_TRANSFORM_DESTINATION);
    if (wrong != null) {
      return wrong;
    }
    if (anyPair(mirror.subjectTransforms(), Subject::overlap)) {
      return ApiErrors.MIRROR_OVERLAPPING_SUBJECT_FILTERS.of();
    }
    if (mirror.external() != null) {
      return null;
    }
    if (!Names.isValid(mirror.name())) {
      return ApiErrors.MIRROR_INVALID_STREAM_NAME.of();
    }
    return isTooSmallFor(mirror) ? ApiErrors.MIRROR_MAX_MESSAGE_SIZE_TOO_BIG.of() : null;
  }

  /** Whether a durable consumer has a name and a subject, and decides alone what it sends. */
  private static boolean hasUsableConsumer(StreamSource of) {
    SourceConsumer consumer = of.consumer();
    return consumer == null
        || Names.isValid(consumer.name())
            && Subject.isValidLiteral(consumer.deliverSubject())
            && of.optStartSeq() == 0
            && of.optStartTime() == null
            && of.filterSubject().isEmpty();
  }

  private @Nullable ApiError refusalOfSource(
      StreamSource source, Set<String> names, Set<String> consumers) {
    if (!Names.isValid(source.name())) {
      return ApiErrors.SOURCE_INVALID_STREAM_NAME.of();
    }
    if (!names.add(SourceHeader.indexName(source))) {
      return ApiErrors.SOURCE_DUPLICATE_DETECTED.of();
    }
    if (!source.filterSubject().isEmpty() && !source.subjectTransforms().isEmpty()) {
      return ApiErrors.SOURCE_MULTIPLE_FILTERS_NOT_ALLOWED.of();
    }
    ApiError wrong =
        refusalOfTransforms(
            source.subjectTransforms(),
            ApiErrors.SOURCE_INVALID_SUBJECT_FILTER,
            ApiErrors.SOURCE_INVALID_TRANSFORM_DESTINATION);
    if (wrong != null) {
      return wrong;
    }
    if (anyPair(source.subjectTransforms(), Subject::isSubset)) {
      return ApiErrors.SOURCE_OVERLAPPING_SUBJECT_FILTERS.of();
    }
    if (!hasUsableConsumer(source)) {
      return ApiErrors.SOURCE_DURABLE_CONSUMER_CONFIG_INVALID.of();
    }
    String consumer = SourceHeader.consumerName(source);
    if (!consumer.isEmpty() && !consumers.add(consumer)) {
      return ApiErrors.SOURCE_DURABLE_CONSUMER_DUPLICATE_DETECTED.of();
    }
    return source.external() == null && isTooSmallFor(source)
        ? ApiErrors.SOURCE_MAX_MESSAGE_SIZE_TOO_BIG.of()
        : null;
  }

  private static @Nullable ApiError refusalOfTransforms(
      List<SubjectTransform> transforms, ApiErrors wrongSource, ApiErrors wrongDestination) {
    for (SubjectTransform each : transforms) {
      if (!each.source().isEmpty() && !Subject.isValidFilter(each.source())) {
        return wrongSource.of("invalid subject " + each.source());
      }
      try {
        SubjectMapping.validate(each.source(), each.destination());
      } catch (MappingException wrong) {
        return wrongDestination.of(String.valueOf(wrong.getMessage()));
      }
    }
    return null;
  }

  private static boolean anyPair(
      List<SubjectTransform> transforms, BiPredicate<String, String> bad) {
    for (SubjectTransform one : transforms) {
      for (SubjectTransform other : transforms) {
        if (one != other && bad.test(one.source(), other.source())) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isTooSmallFor(StreamSource origin) {
    StreamConfig other = others.apply(origin.name());
    return other != null
        && config.maxMsgSize() > 0
        && other.maxMsgSize() > 0
        && config.maxMsgSize() < other.maxMsgSize();
  }

  private boolean isCycle() {
    Queue<StreamConfig> toVisit = new ArrayDeque<>(List.of(config));
    Set<String> visited = new HashSet<>();
    for (StreamConfig next = toVisit.poll(); next != null; next = toVisit.poll()) {
      visited.add(next.name());
      for (StreamSource source : next.sources()) {
        if (source.external() == null
            && leadsBack(source, visited, toVisit)
            && takesOwn(next, source.filterSubject())) {
          return true;
        }
      }
      StreamSource mirror = next.mirror();
      if (mirror != null && mirror.external() == null && leadsBack(mirror, visited, toVisit)) {
        return true;
      }
    }
    return false;
  }

  private boolean leadsBack(StreamSource to, Set<String> visited, Queue<StreamConfig> toVisit) {
    StreamConfig known = others.apply(to.name());
    if (visited.contains(to.name())) {
      return true;
    }
    if (known != null) {
      toVisit.add(known);
    }
    return false;
  }

  private static boolean takesOwn(StreamConfig stream, String filter) {
    return filter.isEmpty()
        || stream.subjects().stream().anyMatch(each -> Subject.overlap(each, filter));
  }

  /** What stands in a filter and is no subject, or null. Looked at when all else was checked. */
  @Nullable ApiError refusalOfFilters() {
    StreamSource mirror = config.mirror();
    if (mirror != null && isNoSubject(mirror)) {
      return filterError(mirror, "mirror");
    }
    for (StreamSource source : config.sources()) {
      if (isNoSubject(source)) {
        return filterError(source, "source:");
      }
    }
    return null;
  }

  private static boolean isNoSubject(StreamSource origin) {
    return !origin.filterSubject().isEmpty() && !Subject.isValidFilter(origin.filterSubject());
  }

  private static ApiError filterError(StreamSource origin, String kind) {
    return ApiErrors.STREAM_CREATE.of(
        "subject filter '" + origin.filterSubject() + "' for the " + kind + " invalid subject");
  }
}
