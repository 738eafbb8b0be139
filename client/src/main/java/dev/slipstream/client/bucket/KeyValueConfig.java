// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.protocol.api.Republish;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.SubjectTransform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How a bucket of keys is kept. Immutable. Source: ADR-8, ADR-57. */
public final class KeyValueConfig extends BucketConfig {
  private static final int MOST_HISTORY = 64;
  private static final long DUPLICATE_WINDOW_NANOS = TimeUnit.MINUTES.toNanos(2);

  KeyValueConfig(String bucket, StreamConfig stream) {
    super(bucket, stream);
  }

  /** A bucket with all defaults: on disk, one value a key, without limits. */
  public static KeyValueConfig of(String bucket) {
    return builder(bucket).build();
  }

  /** A builder with all defaults. */
  public static Builder builder(String bucket) {
    return new Builder(bucket);
  }

  /** A builder with the values of this one, to change a bucket that is there. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** How many values of a key are kept, the present one included. */
  public long history() {
    return stream().maxMsgsPerSubject();
  }

  /** How many bytes a value has at most; -1 without limit. */
  public int maxValueBytes() {
    return stream().maxMsgSize();
  }

  /**
   * How long it shows that a value went because its time was up; zero when the bucket does not show
   * it.
   */
  public Duration markerTimeToLive() {
    return Duration.ofNanos(stream().subjectDeleteMarkerTtlNanos());
  }

  /** What is published again of each change, or null. */
  public @Nullable Republish republish() {
    return stream().republish();
  }

  /** The stream of the bucket that this one is a mirror of, or null. */
  public @Nullable StreamSource mirror() {
    return stream().mirror();
  }

  /** The streams whose changes are taken over. */
  public List<StreamSource> sources() {
    return stream().sources();
  }

  /** Collects the values of {@link KeyValueConfig}. Not thread-safe. */
  public static final class Builder extends BucketBuilder<Builder> {
    private final List<StreamSource> sources;
    private boolean mirror;

    private Builder(String bucket) {
      super(BucketKind.KEYS, bucket);
      sources = new ArrayList<>();
      stream
          .subjects(KeySubjects.prefix(bucket) + ">")
          .maxMsgsPerSubject(1)
          .maxMsgSize(-1)
          .denyDelete(true)
          .duplicateWindowNanos(DUPLICATE_WINDOW_NANOS);
    }

    private Builder(KeyValueConfig present) {
      super(present.bucket(), present.stream());
      sources = new ArrayList<>(present.sources());
      mirror = present.mirror() != null;
    }

    @Override
    Builder self() {
      return this;
    }

    /** How many values of a key are kept, the present one included: 1 to 64. */
    public Builder history(int perKey) {
      if (perKey < 1 || perKey > MOST_HISTORY) {
        throw new IllegalArgumentException("a history is 1 to 64 values, not " + perKey);
      }
      stream.maxMsgsPerSubject(perKey);
      return this;
    }

    /** How many bytes a value has at most; without limit by default. */
    public Builder maxValueBytes(int bytes) {
      stream.maxMsgSize(bytes);
      return this;
    }

    @Override
    public Builder timeToLive(Duration duration) {
      stream.duplicateWindowNanos(Math.min(Keys.nanos(duration), DUPLICATE_WINDOW_NANOS));
      return super.timeToLive(duration);
    }

    /**
     * Allows values with a time to live of their own, and says how long it shows that they went.
     */
    public Builder markerTimeToLive(Duration duration) {
      stream.allowMsgTtl(true).subjectDeleteMarkerTtlNanos(Keys.nanos(duration));
      return this;
    }

    /** What is published again of each change; nothing by default. */
    public Builder republish(Republish changes) {
      stream.republish(changes);
      return this;
    }

    /** Makes the bucket a mirror of another one of the account and domain. */
    public Builder mirrorOf(String origin) {
      return mirrorOf(StreamSource.of(origin));
    }

    /**
     * Makes the bucket a mirror of another one, perhaps in another account or domain. It is read
     * where it is, and what is written goes to the origin.
     *
     * <p>The public server has a mirror in the same account answer gets of the origin, too,
     * whatever the mirror's configuration says: they may be a little behind then, and a mirror that
     * changes subjects answers that there is no such key.
     *
     * @param origin the other bucket, by its name or that of its stream
     */
    public Builder mirrorOf(StreamSource origin) {
      stream.mirror(origin.name(BucketKind.KEYS.stream(bucketOf(origin))));
      stream.mirrorDirect(true).subjects(List.of());
      mirror = true;
      return this;
    }

    /** Takes over what changes in another bucket of the account and domain, beside its own. */
    public Builder source(String origin) {
      return source(StreamSource.of(origin));
    }

    /**
     * Takes over what changes elsewhere, beside what is written here; may be called for several.
     *
     * @param origin another bucket, by its name or that of its stream; with transforms of subjects
     *     any stream, by its name
     */
    public Builder source(StreamSource origin) {
      sources.add(origin.subjectTransforms().isEmpty() ? ofKeys(origin) : origin);
      return this;
    }

    /** Keys of the other bucket become keys of this one; under the same name they are already. */
    private StreamSource ofKeys(StreamSource origin) {
      String from = bucketOf(origin);
      StreamSource source = origin.name(BucketKind.KEYS.stream(from));
      if (origin.external() != null && from.equals(bucket)) {
        return source;
      }
      return source.subjectTransforms(
          new SubjectTransform(KeySubjects.prefix(from) + ">", KeySubjects.prefix(bucket) + ">"));
    }

    private static String bucketOf(StreamSource origin) {
      return BucketKind.KEYS.bucket(origin.name());
    }

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException when it is a mirror that has sources
     */
    public KeyValueConfig build() {
      if (mirror && !sources.isEmpty()) {
        throw new IllegalArgumentException("a mirror has one origin, and no sources");
      }
      return new KeyValueConfig(bucket, stream.sources(sources).build());
    }
  }
}
