// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.Consumption;
import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.OrderedConsumer;
import dev.slipstream.client.OrderedOptions;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StreamInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of objects of any size, stored in parts.
 *
 * <p>An object appears when all its parts are stored; until then readers get the one before. What
 * is read is checked against the digest of what was stored. A handle, thread-safe, with nothing to
 * be closed. Source: ADR-20.
 */
public final class ObjectStore {
  /** More links than lead on from one another anywhere but in a circle. */
  private static final int MOST_LINKS = 8;

  private final JetStream js;
  private final JsStream stream;
  private final String bucket;
  private final Descriptions descriptions;

  private ObjectStore(JetStream js, JsStream stream, String bucket) {
    this.js = js;
    this.stream = stream;
    this.bucket = bucket;
    descriptions = new Descriptions(js, stream, bucket);
  }

  static String chunkPrefix(String bucket) {
    return "$O." + bucket + ".C.";
  }

  /**
   * Creates a bucket; one that is there with the same configuration will do.
   *
   * @throws dev.slipstream.client.StreamNameInUseException when it is there with another one
   */
  public static ObjectStore create(JetStream js, ObjectStoreConfig config) {
    return new ObjectStore(js, js.createStream(config.stream()), config.bucket());
  }

  /**
   * Changes how a bucket is kept; {@link ObjectStoreStatus#config} is what to begin with.
   *
   * @throws dev.slipstream.client.StreamNotFoundException when it is not there
   */
  public static ObjectStore update(JetStream js, ObjectStoreConfig config) {
    return new ObjectStore(js, js.updateStream(config.stream()), config.bucket());
  }

  /** Creates a bucket or changes how it is kept. */
  public static ObjectStore createOrUpdate(JetStream js, ObjectStoreConfig config) {
    return new ObjectStore(js, js.createOrUpdateStream(config.stream()), config.bucket());
  }

  /**
   * A bucket that is there.
   *
   * @throws dev.slipstream.client.StreamNotFoundException when it is not
   */
  public static ObjectStore open(JetStream js, String bucket) {
    return new ObjectStore(js, BucketKind.OBJECTS.open(js, bucket), bucket);
  }

  /** Deletes a bucket with all that is in it; false when it was not there. */
  public static boolean delete(JetStream js, String bucket) {
    return BucketKind.OBJECTS.delete(js, bucket);
  }

  /** The names of all buckets. */
  public static List<String> buckets(JetStream js) {
    return BucketKind.OBJECTS.names(js);
  }

  /** All buckets, with how they are kept and how much they hold. */
  public static List<ObjectStoreStatus> statuses(JetStream js) {
    return BucketKind.OBJECTS.streams(js).stream().map(ObjectStoreStatus::new).toList();
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
  public ObjectStoreStatus status() {
    return new ObjectStoreStatus(stream.info());
  }

  /** Stores bytes as an object, in the place of the one of that name. */
  public ObjectInfo put(String name, byte[] bytes) {
    try {
      return put(ObjectMeta.of(name), new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("bytes can be read", e);
    }
  }

  /** Stores a text as an object, in UTF-8, in the place of the one of that name. */
  public ObjectInfo put(String name, String text) {
    return put(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Stores a file as an object, in the place of the one of that name.
   *
   * @throws IOException when it cannot be read; nothing is stored then
   */
  public ObjectInfo put(String name, Path file) throws IOException {
    try (InputStream from = Files.newInputStream(file)) {
      return put(ObjectMeta.of(name), from);
    }
  }

  /**
   * Stores what there is to read as an object, in the place of the one of that name.
   *
   * @throws IOException when it cannot be read; nothing is stored then
   */
  public ObjectInfo put(ObjectMeta meta, InputStream from) throws IOException {
    Optional<ObjectInfo> before = descriptions.find(meta.name());
    String nuid = nextNuid();
    Upload upload = new Upload(js, chunkPrefix(bucket) + nuid);
    ObjectInfo stored;
    try {
      upload.run(from, meta.chunkBytes());
      stored = upload.info(meta, bucket, nuid);
      descriptions.write(stored);
    } catch (IOException | NatsException failure) {
      upload.awaitEnd(); // what is stored behind a purge would stay
      dropAfter(failure, nuid);
      throw failure;
    }
    before.ifPresent(this::dropParts);
    return stored;
  }

  private static String nextNuid() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  /** What is left of an object that was not stored would only take room. */
  private void dropAfter(Exception failure, String nuid) {
    try {
      stream.purge(new PurgeRequest(0, chunkPrefix(bucket) + nuid, 0));
    } catch (NatsException again) {
      failure.addSuppressed(again);
    }
  }

  private void dropParts(ObjectInfo of) {
    if (!of.nuid().isEmpty()) {
      stream.purge(new PurgeRequest(0, chunkPrefix(bucket) + of.nuid(), 0));
    }
  }

  /** An object's description; empty when there is none, or it was deleted. */
  public Optional<ObjectInfo> info(String name) {
    return infoWithDeleted(name).filter(info -> !info.deleted());
  }

  /** An object's description, also of one that was deleted; empty when there was never one. */
  public Optional<ObjectInfo> infoWithDeleted(String name) {
    return descriptions.find(name);
  }

  private ObjectInfo known(String name) {
    return info(name).orElseThrow(() -> new ObjectNotFoundException(bucket, name));
  }

  /**
   * An object's bytes; it has to fit into memory.
   *
   * @throws ObjectNotFoundException when there is none
   */
  public byte[] get(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    get(name, bytes);
    return bytes.toByteArray();
  }

  /**
   * Writes an object, on a thread of the client, and waits for its end. A link is followed.
   *
   * @return its description
   * @throws ObjectNotFoundException when there is none
   * @throws JetStreamException when what came is not what was stored, or cannot be written
   */
  public ObjectInfo get(String name, OutputStream to) {
    Found found = resolve(name);
    Download download = new Download(found.info, to);
    FoundMessages.forEach(found.parts(), js.options().timeout(), download);
    download.check();
    return found.info;
  }

  /**
   * Writes an object to a file, in the place of the one that is there. A link is followed.
   *
   * @return its description
   * @throws ObjectNotFoundException when there is none
   * @throws IOException when what came is not what was stored, or cannot be written; what the file
   *     was before it still is, then as with any failure
   */
  public ObjectInfo get(String name, Path file) throws IOException {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a folder");
    Path part = Files.createTempFile(folder, ".object", ".part");
    try (ObjectReader from = read(name)) {
      Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return from.info();
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * An object to be read, and closed. A link is followed.
   *
   * @throws ObjectNotFoundException when there is none
   */
  public ObjectReader read(String name) {
    Found found = resolve(name);
    return new ObjectReader(found.info, found.parts(), js.options().timeout());
  }

  /** An object behind all links, and the bucket that has it. */
  private record Found(ObjectStore store, ObjectInfo info) {
    OrderedConsumer parts() {
      String filter = chunkPrefix(store.bucket) + info.nuid();
      return store.stream.orderedConsumer(OrderedOptions.builder().filters(filter).build());
    }
  }

  private Found resolve(String name) {
    ObjectStore store = this;
    ObjectInfo info = known(name);
    for (int links = 0; info.link() != null; links++) {
      ObjectLink link = info.link();
      if (link.name().isEmpty()) {
        throw new JetStreamException("the link leads to bucket " + link.bucket() + " as a whole");
      }
      if (links == MOST_LINKS) {
        throw new JetStreamException("too many links lead on from " + name);
      }
      store = link.bucket().equals(store.bucket) ? store : open(js, link.bucket());
      info = store.known(link.name());
    }
    return new Found(store, info);
  }

  /**
   * Deletes an object with its parts.
   *
   * @throws ObjectNotFoundException when there is none
   */
  public void delete(String name) {
    ObjectInfo info = known(name);
    descriptions.write(info.gone());
    dropParts(info);
  }

  /**
   * Changes what is said of an object, its name too; its parts stay as they are.
   *
   * @throws ObjectNotFoundException when there is none
   * @throws ObjectExistsException when there is another one of the new name
   */
  public ObjectInfo updateMeta(String name, ObjectMeta meta) {
    ObjectInfo info = known(name);
    boolean renamed = !meta.name().equals(name);
    if (renamed && info(meta.name()).isPresent()) {
      throw new ObjectExistsException(bucket, meta.name());
    }
    ObjectInfo changed = info.with(meta.chunkBytes(info.meta().chunkBytes()));
    descriptions.write(changed);
    if (renamed) {
      descriptions.drop(name);
    }
    return changed;
  }

  /**
   * Makes a name lead to an object of this bucket or another one.
   *
   * @throws IllegalArgumentException when it is a link itself
   * @throws ObjectExistsException when the name is that of an object
   */
  public ObjectInfo addLink(String name, ObjectInfo to) {
    if (to.link() != null || to.deleted()) {
      throw new IllegalArgumentException(to.name() + " is no object that a link can lead to");
    }
    return addLink(name, new ObjectLink(to.bucket(), to.name()));
  }

  /** Makes a name lead to a bucket. */
  public ObjectInfo addBucketLink(String name, String toBucket) {
    return addLink(name, new ObjectLink(Keys.bucket(toBucket), ""));
  }

  private ObjectInfo addLink(String name, ObjectLink link) {
    @Nullable ObjectInfo present = info(name).orElse(null);
    if (present != null && present.link() == null) {
      throw new ObjectExistsException(bucket, name);
    }
    ObjectInfo info =
        new ObjectInfo(
            ObjectMeta.of(name), bucket, nextNuid(), 0, 0, "", false, link, Instant.now());
    descriptions.write(info);
    return info;
  }

  /** All objects that are there, in the order in which they were stored or changed. */
  public List<ObjectInfo> list() {
    return descriptions.list(WatchOptions.latest().ignoreDeletes());
  }

  /** The same, and those that were deleted. */
  public List<ObjectInfo> listWithDeleted() {
    return descriptions.list(WatchOptions.latest());
  }

  /** Has {@code watcher} called for all objects and their changes, until the result is stopped. */
  public Consumption watch(ObjectWatcher watcher) {
    return watch(WatchOptions.latest(), watcher);
  }

  /**
   * The same, as the options say.
   *
   * @return the watch: it goes on after reconnects and restarts of servers, and brings each change
   *     once
   */
  public Consumption watch(WatchOptions options, ObjectWatcher watcher) {
    return Watch.begin(
        descriptions.ordered(options),
        message -> {
          Optional<ObjectInfo> info = Descriptions.read(message, options);
          if (info.isPresent()) {
            watcher.onInfo(info.get());
          }
        },
        watcher::onCaughtUp);
  }

  /** What a watch brings, for a thread that takes it; to be stopped. */
  public Updates<ObjectInfo> updates(WatchOptions options) {
    return Updates.begin(
        descriptions.ordered(options), message -> Descriptions.read(message, options));
  }

  /** Lets nobody change the bucket any more. */
  public void seal() {
    js.updateStream(stream.info().config().toBuilder().sealed(true).build());
  }

  @Override
  public String toString() {
    return bucket;
  }
}
