// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.SourceConsumer;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.StreamSourceInfo;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectMapping;
import dev.slipstream.protocol.wire.HeaderBlock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that another takes messages from, as the one that it mirrors or as one of its sources:
 * opens an {@link OriginFeed} and takes what it brings.
 *
 * <p>A mirror keeps sequences and times; what comes from a source gets the next sequence, and a
 * header that says where it was. A message that is refused, by a limit for one, is tried again
 * every second, and those behind it wait. Owner: the loop of the stream that takes. Source: the
 * public server.
 */
final class Origin {
  private static final long RETRY_NANOS = 1_000_000_000L;
  private static final long CAUGHT_UP_PENDING = 10;
  private static final long LONGEST_SILENCE_NANOS = 1_000_000_000L;

  final String indexName;

  private final Stream stream;
  private final StreamSource source;
  private final boolean mirrored;
  private final List<SubjectMapping> mappings = new ArrayList<>();
  private final ArrayDeque<SourcedMessage> waiting = new ArrayDeque<>();
  private @Nullable OriginFeed feed;

  /** The account in which the other stream is, or will be; null until an import leads there. */
  private @Nullable JetStreamAccount place;

  private boolean heldUp;
  private boolean ended;

  /** The first and the last sequence that were taken, in the other stream. */
  private long firstSeq;

  private long lastSeq;

  /** Which stream of its name the other one is. */
  private String identity;

  /** Whether little was missing once; a mirror answers for the other stream from then on. */
  private volatile boolean caughtUp;

  private long lag;
  private long heardAtNanos;
  private boolean heard;
  private @Nullable ApiError error;

  /**
   * What a stream mirrors, or a source of it.
   *
   * @param position where a source was left; null at its begin
   */
  Origin(
      Stream stream, StreamSource source, boolean mirrored, Origins.@Nullable Position position) {
    this.stream = stream;
    this.source = source;
    this.mirrored = mirrored;
    indexName = SourceHeader.indexName(source);
    firstSeq = position == null ? 0 : position.firstSeq();
    lastSeq = position == null ? 0 : position.last().seq();
    identity = position == null ? "" : position.last().identity();
    for (SubjectTransform each : source.subjectTransforms()) {
      String from = SourceHeader.orAll(each.source());
      SubjectMapping mapping = StreamMappings.mapping(from, each.destination());
      if (mapping != null) { // otherwise it only selects
        mappings.add(mapping);
      }
    }
  }

  /** Runs a task on the loop of the stream that takes; false when it takes none. On any loop. */
  boolean onLoop(Runnable task) {
    return stream.shard.loop.offer(task);
  }

  /** Opens a feed if there is none, nothing waits, and the other stream is there. */
  void begin() {
    if (ended || feed != null || !waiting.isEmpty()) {
      return;
    }
    JetStreamAccount found = ExternalOrigin.accountOf(stream.account, source, mirrored);
    if (found != null) {
      place = found;
      found.awaits(stream); // before it looks: none comes unheard
    }
    SourceConsumer durable = source.consumer();
    if (durable != null) {
      DurableFeed begun =
          new DurableFeed(stream, this, source, durable, mirrored ? null : identity, lastSeq());
      feed = begun;
      begun.open();
      return;
    }
    Stream other = found == null ? null : found.find(source.name());
    boolean itself = other == stream && source.external() != null;
    if (other == null || itself) {
      error = ApiErrors.STREAM_NOT_FOUND.of();
      return;
    }
    LoopFeed begun = new LoopFeed(other, this);
    feed = begun;
    boolean anew = !mirrored && noteIdentity(other);
    OriginStart start = new OriginStart(stream, source, mirrored);
    long first = mirrored ? stream.store.firstSeq() : firstSeq;
    begun.open(start.consumer(other, lastSeq(), anew), new LoopFeed.Taken(first, lastSeq()));
  }

  /** Whether the stream mirrors {@code name}, and had nearly all of it once. On any loop. */
  boolean isMirrorOf(String name) {
    return mirrored && source.external() == null && caughtUp && source.name().equals(name);
  }

  /** A stream came into being; it may be the one that was not there. */
  void appeared(String name) {
    if (source.name().equals(name)) {
      begin();
      OriginFeed present = feed;
      if (present != null) {
        present.appeared();
      }
    }
  }

  /** The stream that takes is no more, and need not be told of others. */
  void close() {
    end();
    JetStreamAccount known = place;
    if (known != null) {
      known.forget(stream);
    }
  }

  /** Takes no more. */
  void end() {
    ended = true;
    letGo();
  }

  private void letGo() {
    OriginFeed present = feed;
    feed = null;
    waiting.clear();
    if (present != null) {
      present.end();
    }
  }

  /** Takes note of which stream of its name the source is; answers whether it was another. */
  private boolean noteIdentity(Stream other) {
    String present = other.identity();
    boolean anew = !identity.isEmpty() && !identity.equals(present);
    firstSeq = anew ? 0 : firstSeq;
    lastSeq = anew ? 0 : lastSeq;
    identity = present;
    return anew;
  }

  /**
   * The feed is open, and begins with {@code startSeq}.
   *
   * @param asIdentity which stream of its name a source is; empty when that is not told
   */
  void opened(OriginFeed by, long startSeq, String asIdentity) {
    if (by != feed) {
      return;
    }
    identity = asIdentity;
    error = null;
    hear();
    if (mirrored && stream.store.messages() == 0 && stream.ingest().lastSeq() < startSeq - 1) {
      stream.ingest().advance(startSeq - 1);
      stream.log.recordPurge("", 1, startSeq, 0, null);
    }
  }

  /** A source is another stream of its name now, of which nothing was taken yet. */
  void recreated(OriginFeed by, String asIdentity) {
    if (by == feed) {
      letGo();
      identity = asIdentity;
      firstSeq = 0;
      lastSeq = 0;
      begin();
    }
  }

  /** The feed brings nothing for now, for a reason that is shown. */
  void failed(OriginFeed by, ApiError reason) {
    if (by == feed) {
      error = reason;
    }
  }

  /** The feed has heard from the other stream. */
  void heard(OriginFeed by) {
    if (by == feed) {
      hear();
    }
  }

  /** What was {@link #failed} is well again. */
  void recovered(OriginFeed by) {
    if (by == feed) {
      error = null;
    }
  }

  /** How long the feed has not heard from the other stream. */
  long silentNanos() {
    return stream.shard.clock.nanos() - heardAtNanos;
  }

  private void hear() {
    heard = true;
    heardAtNanos = stream.shard.clock.nanos();
  }

  /** The feed brings messages. */
  void take(OriginFeed from, List<SourcedMessage> messages) {
    if (from != feed) {
      return;
    }
    hear();
    waiting.addAll(messages);
    if (!heldUp) {
      goOn();
    }
  }

  /** The other stream is no more. */
  void lost(OriginFeed by) {
    if (by == feed) {
      feed = null;
      error = ApiErrors.STREAM_NOT_FOUND.of();
    }
  }

  private void goOn() {
    heldUp = false;
    OriginFeed present = feed;
    long doneBytes = 0;
    long doneSeq = 0;
    while (!waiting.isEmpty() && !stream.isClosed() && !heldUp) {
      SourcedMessage next = waiting.element();
      TakeOver.Outcome outcome = accept(next);
      ApiError refusal = outcome.refusal();
      if (outcome.missingSeq() > 0) {
        heldUp = true;
        stream.store.load(outcome.missingSeq(), this::goOn);
      } else if (refusal == null) {
        waiting.remove();
        doneBytes += next.bytes();
        doneSeq = next.seq();
      } else if (stream.ingest().hasUnderWay()) {
        heldUp = true;
        stream.log.whenDurable(this::goOn, this::goOn); // what is under way may make room
      } else {
        refused(refusal);
      }
    }
    long bytes = doneBytes;
    long seq = doneSeq;
    if (present != null && bytes > 0) {
      stream.log.whenDurable(() -> present.done(seq, bytes));
    }
    begin(); // what a stream that is no more had left is taken
  }

  /** The last sequence of the other stream that was taken. */
  private long lastSeq() {
    return mirrored ? stream.ingest().lastSeq() : lastSeq;
  }

  private void refused(ApiError refusal) {
    error = refusal;
    heldUp = true;
    stream.shard.loop.schedule(RETRY_NANOS, this::goOn);
  }

  private TakeOver.Outcome accept(SourcedMessage message) {
    if (message.seq() <= lastSeq()) {
      return TakeOver.Outcome.PASSED_OVER;
    }
    byte[] headers = headers(message);
    TakeOver.Outcome outcome =
        stream
            .ingest()
            .takeOver()
            .take(
                message.frame(subject(message), headers),
                mirrored ? message.seq() : 0,
                message.epochNanos());
    if (outcome.refusal() != null || outcome.missingSeq() > 0) {
      return outcome;
    }
    lastSeq = message.seq();
    firstSeq = firstSeq == 0 ? lastSeq : firstSeq;
    caughtUp |= message.numPending() < CAUGHT_UP_PENDING;
    lag = Math.max(0, message.numPending() - 1);
    error = null;
    if (!mirrored && !outcome.stored()) {
      stream.origins.recordPassedOver(new SourceHeader(indexName, lastSeq, identity));
    }
    return outcome;
  }

  private byte[] subject(SourcedMessage message) {
    for (SubjectMapping each : mappings) {
      String given = new String(message.subject(), StandardCharsets.UTF_8);
      String mapped = each.map(given, stream.random());
      if (mapped != null) {
        return Subject.bytes(mapped);
      }
    }
    return message.subject();
  }

  /** What a publisher expected was checked where it published, and a batch ended there. */
  private byte[] headers(SourcedMessage message) {
    byte[] kept = message.headers();
    if (kept.length > 0) {
      kept = HeaderBlock.withoutPrefix(kept, 0, kept.length, IngestHeaders.EXPECTED_PREFIX);
      kept = HeaderBlock.withoutPrefix(kept, 0, kept.length, IngestHeaders.BATCH_PREFIX);
    }
    if (mirrored) {
      return kept;
    }
    if (kept.length > 0) {
      kept = HeaderBlock.without(kept, 0, kept.length, SourceHeader.KEY_BYTES);
    }
    String from = new String(message.subject(), StandardCharsets.UTF_8);
    String header = new SourceHeader(indexName, message.seq(), identity).write(from);
    return HeaderBlock.with(kept, 0, kept.length, SourceHeader.KEY, header);
  }

  /** How far it has come. */
  StreamSourceInfo info() {
    long silent = silentNanos();
    // a stream whose loop feeds this one is heard whenever somebody asks
    boolean isFed = feed != null && source.consumer() == null;
    long active = isFed ? Math.min(silent, LONGEST_SILENCE_NANOS) : silent;
    return new StreamSourceInfo(
        source.name(),
        source.external(),
        lag,
        mirrored ? 0 : stream.origins.appliedSeq(indexName),
        heard ? active : -1,
        error,
        source.filterSubject(),
        source.subjectTransforms());
  }
}
