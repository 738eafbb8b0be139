// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.OrderedConsumer;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.client.StreamMessage;
import dev.slipstream.client.WrongLastSequenceException;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StreamConfig;
import dev.slipstream.protocol.api.StreamInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A bucket of keys, each with a value and, if the bucket says so, with the values that it had.
 *
 * <p>A bucket that is a mirror is read, listed and watched where it is, a little behind its origin;
 * what is written goes to the origin, whose revisions it has.
 *
 * <p>A handle, thread-safe, with nothing to be closed; calls wait for the server, as long as {@code
 * JetStreamOptions.timeout} says. Source: ADR-8.
 */
public final class KeyValue {
  /** The level of the API from which on servers know of messages with a time to live. */
  private static final int TIME_TO_LIVE_LEVEL = 1;

  private final JetStream js;
  private final JsStream stream;
  private final String bucket;
  private final KeySubjects subjects;

  private KeyValue(JetStream js, JsStream stream, String bucket) {
    this.js = js;
    this.stream = stream;
    this.bucket = bucket;
    subjects = KeySubjects.of(bucket, config(stream), js.options().prefix());
  }

  private static StreamConfig config(JsStream stream) {
    return Objects.requireNonNull(stream.cachedInfo(), "of a stream that was asked for").config();
  }

  /**
   * Creates a bucket; one that is there with the same configuration will do.
   *
   * @throws dev.slipstream.client.StreamNameInUseException when it is there with another one
   * @throws JetStreamException when values are to have a time to live, which the server does not
   *     know
   */
  public static KeyValue create(JetStream js, KeyValueConfig config) {
    return of(js, config, JetStream::createStream);
  }

  /**
   * Changes how a bucket is kept; {@link KeyValueStatus#config} is what to begin with.
   *
   * @throws dev.slipstream.client.StreamNotFoundException when it is not there
   */
  public static KeyValue update(JetStream js, KeyValueConfig config) {
    return of(js, config, JetStream::updateStream);
  }

  /** Creates a bucket or changes how it is kept. */
  public static KeyValue createOrUpdate(JetStream js, KeyValueConfig config) {
    return of(js, config, JetStream::createOrUpdateStream);
  }

  private static KeyValue of(
      JetStream js, KeyValueConfig config, BiFunction<JetStream, StreamConfig, JsStream> call) {
    if (!config.markerTimeToLive().isZero() && js.account().api().level() < TIME_TO_LIVE_LEVEL) {
      throw new JetStreamException("the server does not know values with a time to live");
    }
    return new KeyValue(js, call.apply(js, config.stream()), config.bucket());
  }

  /**
   * A bucket that is there.
   *
   * @throws dev.slipstream.client.StreamNotFoundException when it is not
   * @throws JetStreamException when its stream is none that a bucket could be
   */
  public static KeyValue open(JetStream js, String bucket) {
    KeyValue opened = new KeyValue(js, BucketKind.KEYS.open(js, bucket), bucket);
    if (config(opened.stream).maxMsgsPerSubject() < 1) {
      throw new JetStreamException("stream " + opened.stream + " keeps all that keys ever were");
    }
    return opened;
  }

  /** Deletes a bucket with all that is in it; false when it was not there. */
  public static boolean delete(JetStream js, String bucket) {
    return BucketKind.KEYS.delete(js, bucket);
  }

  /** The names of all buckets. */
  public static List<String> buckets(JetStream js) {
    return BucketKind.KEYS.names(js);
  }

  /** All buckets, with how they are kept and how much they hold. */
  public static List<KeyValueStatus> statuses(JetStream js) {
    return BucketKind.KEYS.streams(js).stream().map(KeyValueStatus::new).toList();
  }

  /** The bucket's name. */
  public String bucket() {
    return bucket;
  }

  /** The stream that is the bucket: how it is kept, and how much it holds. */
  public StreamInfo info() {
    return stream.info();
  }

  /** How the bucket is kept, and how much it holds. */
  public KeyValueStatus status() {
    return new KeyValueStatus(stream.info());
  }

  /** What a key is; empty when it has no value. */
  public Optional<KeyValueEntry> get(String key) {
    return last(key).filter(KeyValueEntry::isPut);
  }

  /** What a key was by a revision; empty when that is another key's, a deletion, or gone. */
  public Optional<KeyValueEntry> get(String key, long revision) {
    String subject = stored(key);
    return stream
        .message(revision)
        .filter(message -> message.subject().equals(subject))
        .map(this::entry)
        .filter(KeyValueEntry::isPut);
  }

  private Optional<KeyValueEntry> last(String key) {
    return stream.lastMessage(stored(key)).map(this::entry);
  }

  private KeyValueEntry entry(StreamMessage message) {
    return KeyValueEntry.of(bucket, subjects.stored(), message);
  }

  private String stored(String key) {
    return subjects.stored() + Keys.key(key);
  }

  private String written(String key) {
    return subjects.written() + Keys.key(key);
  }

  /** Gives a key a value; answers the revision. */
  public long put(String key, byte[] value) {
    return js.publish(written(key), value).sequence();
  }

  /** Gives a key a text as its value, in UTF-8; answers the revision. */
  public long put(String key, String text) {
    return put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Gives a key a value if it has none; answers the revision.
   *
   * @throws KeyExistsException when it has one
   */
  public long create(String key, byte[] value) {
    return create(key, value, PublishOptions.none());
  }

  /**
   * The same for a value that is kept for so long, in whole seconds; the bucket has to allow it.
   *
   * @throws KeyExistsException when the key has a value
   */
  public long create(String key, byte[] value, Duration timeToLive) {
    return create(key, value, PublishOptions.none().timeToLive(timeToLive));
  }

  private long create(String key, byte[] value, PublishOptions options) {
    try {
      return publish(key, value, options.expectedLastSubjectSequence(0));
    } catch (WrongLastSequenceException notNew) {
      KeyValueEntry last = last(key).orElseThrow(() -> notNew);
      if (last.isPut()) {
        throw new KeyExistsException(key, last.revision());
      }
      return publish(key, value, options.expectedLastSubjectSequence(last.revision()));
    }
  }

  /**
   * Gives a key a value if its last change has that revision; answers the new one.
   *
   * @throws WrongLastSequenceException when it was changed since
   */
  public long update(String key, byte[] value, long lastRevision) {
    return publish(key, value, expecting(lastRevision));
  }

  private long publish(String key, byte[] value, PublishOptions options) {
    return js.publish(written(key), value, options).sequence();
  }

  private static PublishOptions expecting(long revision) {
    return PublishOptions.none().expectedLastSubjectSequence(revision);
  }

  /** Deletes a key; what it was stays in its history. */
  public void delete(String key) {
    js.publish(deletion(key), PublishOptions.none());
  }

  /**
   * Deletes a key if its last change has that revision.
   *
   * @throws WrongLastSequenceException when it was changed since
   */
  public void delete(String key, long lastRevision) {
    js.publish(deletion(key), expecting(lastRevision));
  }

  private Outgoing deletion(String key) {
    return Outgoing.to(written(key)).header(KeyValueEntry.OPERATION, "DEL");
  }

  /** Deletes a key with all that it was. */
  public void purge(String key) {
    js.publish(end(key), PublishOptions.none());
  }

  /**
   * Deletes a key with all that it was if its last change has that revision.
   *
   * @throws WrongLastSequenceException when it was changed since
   */
  public void purge(String key, long lastRevision) {
    js.publish(end(key), expecting(lastRevision));
  }

  /** Deletes a key with all that it was, and shows for so long that it did, in whole seconds. */
  public void purge(String key, Duration markerTimeToLive) {
    js.publish(end(key), PublishOptions.none().timeToLive(markerTimeToLive));
  }

  /**
   * The same if the key's last change has that revision.
   *
   * @throws WrongLastSequenceException when it was changed since
   */
  public void purge(String key, long lastRevision, Duration markerTimeToLive) {
    js.publish(end(key), expecting(lastRevision).timeToLive(markerTimeToLive));
  }

  private Outgoing end(String key) {
    return Outgoing.to(written(key))
        .header(KeyValueEntry.OPERATION, "PURGE")
        .header("Nats-Rollup", "sub");
  }

  /** The keys that have values, of those that match; {@code >} for all. */
  public List<String> keys(String... keys) {
    return collect(WatchOptions.latest().metaOnly().ignoreDeletes(), keys).stream()
        .map(KeyValueEntry::key)
        .distinct() // one that is changed meanwhile comes again
        .toList();
  }

  /** All that is kept of what keys that match were, deletions too, the oldest first. */
  public List<KeyValueEntry> history(String... keys) {
    return collect(WatchOptions.history(), keys);
  }

  private List<KeyValueEntry> collect(WatchOptions options, String... keys) {
    List<KeyValueEntry> entries = new ArrayList<>();
    FoundMessages.forEach(
        ordered(options, keys),
        js.options().timeout(),
        message -> entry(message, options).ifPresent(entries::add));
    return entries;
  }

  private Optional<KeyValueEntry> entry(JsMessage message, WatchOptions options) {
    KeyValueEntry entry = KeyValueEntry.of(bucket, subjects.stored(), message);
    return Optional.of(entry).filter(options::brings);
  }

  /** Has {@code watcher} called for all changes of keys that match, until the result is stopped. */
  public Consumption watch(KeyWatcher watcher, String... keys) {
    return watch(WatchOptions.latest(), watcher, keys);
  }

  /**
   * The same, as the options say; without keys for all of them.
   *
   * @return the watch: it goes on after reconnects and restarts of servers, and brings each change
   *     once
   */
  public Consumption watch(WatchOptions options, KeyWatcher watcher, String... keys) {
    return Watch.begin(
        ordered(options, keys),
        message -> {
          Optional<KeyValueEntry> entry = entry(message, options);
          if (entry.isPresent()) {
            watcher.onEntry(entry.get());
          }
        },
        watcher::onCaughtUp);
  }

  /** What a watch brings, for a thread that takes it; to be stopped. */
  public Updates<KeyValueEntry> updates(WatchOptions options, String... keys) {
    return Updates.begin(ordered(options, keys), message -> entry(message, options));
  }

  private OrderedConsumer ordered(WatchOptions options, String... keys) {
    String[] filters = new String[Math.max(1, keys.length)];
    filters[0] = subjects.stored() + ">";
    for (int i = 0; i < keys.length; i++) {
      filters[i] = subjects.stored() + Keys.search(keys[i]);
    }
    return stream.orderedConsumer(options.ordered(filters));
  }

  /**
   * Removes what tells that keys were deleted: the whole key when it was deleted before a time, and
   * of later ones all but the deletion itself. Of a mirror only what the mirror keeps is removed.
   *
   * @return how many keys that concerned
   */
  public int purgeDeletes(Instant before) {
    List<KeyValueEntry> ended = collect(WatchOptions.latest().metaOnly());
    ended.removeIf(KeyValueEntry::isPut);
    for (KeyValueEntry each : ended) {
      // up to the deletion: the key may have a value again
      long firstKept = each.revision() + (each.time().isBefore(before) ? 1 : 0);
      stream.purge(new PurgeRequest(firstKept, stored(each.key()), 0));
    }
    return ended.size();
  }

  @Override
  public String toString() {
    return bucket;
  }
}
