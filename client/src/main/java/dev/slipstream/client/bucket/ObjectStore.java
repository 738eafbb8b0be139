// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JetStreamException;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.OrderedOptions;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.protocol.api.PurgeRequest;
import dev.slipstream.protocol.api.StreamInfo;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
  private static final String SUBJECT_PREFIX = "$O.";

  private final JetStream js;
  private final JsStream stream;
  private final String bucket;

  private ObjectStore(JetStream js, JsStream stream, String bucket) {
    this.js = js;
    this.stream = stream;
    this.bucket = bucket;
  }

  static String chunkPrefix(String bucket) {
    return SUBJECT_PREFIX + bucket + ".C.";
  }

  static String metaPrefix(String bucket) {
    return SUBJECT_PREFIX + bucket + ".M.";
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

  /** The bucket's name. */
  public String bucket() {
    return bucket;
  }

  /** The stream that is the bucket: how it is kept, and how much it holds. */
  public StreamInfo info() {
    return stream.info();
  }

  /** Stores bytes as an object, in the place of the one of that name. */
  public ObjectInfo put(String name, byte[] bytes) {
    try {
      return put(ObjectMeta.of(name), new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new IllegalStateException("bytes can be read", e);
    }
  }

  /**
   * Stores what there is to read as an object, in the place of the one of that name.
   *
   * @throws IOException when it cannot be read; nothing is stored then
   */
  public ObjectInfo put(ObjectMeta meta, InputStream from) throws IOException {
    Optional<ObjectInfo> before = find(meta.name());
    String nuid = nextNuid();
    Upload upload = new Upload(js, chunkPrefix(bucket) + nuid);
    ObjectInfo stored;
    try {
      upload.run(from, meta.chunkBytes());
      stored = upload.info(meta, bucket, nuid);
      describe(stored);
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

  private void describe(ObjectInfo info) {
    Outgoing message =
        Outgoing.to(metaPrefix(bucket) + Digests.token(info.name()))
            .header("Nats-Rollup", "sub")
            .payload(info.write());
    js.publish(message, PublishOptions.none());
  }

  /** An object's description, also of one that was deleted; empty when there was never one. */
  private Optional<ObjectInfo> find(String name) {
    return stream
        .lastMessage(metaPrefix(bucket) + Digests.token(name))
        .map(message -> ObjectInfo.read(message.payload(), message.time()));
  }

  /** An object's description; empty when there is none, or it was deleted. */
  public Optional<ObjectInfo> info(String name) {
    return find(name).filter(info -> !info.deleted());
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
    ObjectInfo info = known(name);
    ObjectLink link = info.link();
    if (link != null) {
      return follow(link).get(link.name(), to);
    }
    Download download = new Download(info, to);
    OrderedOptions parts =
        OrderedOptions.builder().filters(chunkPrefix(bucket) + info.nuid()).build();
    FoundMessages.forEach(stream.orderedConsumer(parts), js.options().timeout(), download);
    download.check();
    return info;
  }

  private ObjectStore follow(ObjectLink link) {
    if (link.name().isEmpty()) {
      throw new JetStreamException("the link leads to bucket " + link.bucket() + " as a whole");
    }
    return link.bucket().equals(bucket) ? this : open(js, link.bucket());
  }

  /**
   * Deletes an object with its parts.
   *
   * @throws ObjectNotFoundException when there is none
   */
  public void delete(String name) {
    ObjectInfo info = known(name);
    describe(info.gone());
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
    describe(changed);
    if (renamed) {
      stream.purge(new PurgeRequest(0, metaPrefix(bucket) + Digests.token(name), 0));
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
    describe(info);
    return info;
  }

  /** All objects that are there, in the order in which they were stored or changed. */
  public List<ObjectInfo> list() {
    List<ObjectInfo> found = new ArrayList<>();
    OrderedOptions descriptions =
        OrderedOptions.builder().filters(metaPrefix(bucket) + ">").lastPerSubject().build();
    FoundMessages.forEach(
        stream.orderedConsumer(descriptions),
        js.options().timeout(),
        message -> {
          ObjectInfo info = ObjectInfo.read(message.payload(), message.info().time());
          if (!info.deleted()) {
            found.add(info);
          }
        });
    return List.copyOf(found);
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
