// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.OrderedOptions;

/**
 * What a watch of a bucket of either kind brings. Immutable; begin with {@link #latest()}, {@link
 * #history()}, {@link #updatesOnly()} or {@link #fromRevision}.
 *
 * @param from what it begins with
 * @param revision the first revision, for {@link From#REVISION}
 * @param withDeletes whether deletions come, too
 * @param withValues whether values come, or only keys and revisions; objects always come as their
 *     descriptions
 */
public record WatchOptions(From from, long revision, boolean withDeletes, boolean withValues) {

  /** What a watch begins with. */
  public enum From {
    /** The last change of each key. */
    LATEST,
    /** Every change that is kept. */
    HISTORY,
    /** What changes from now on. */
    NOW,
    /** A revision. */
    REVISION
  }

  /** Begins with the last change of each key; deletions and values come. */
  public static WatchOptions latest() {
    return new WatchOptions(From.LATEST, 0, true, true);
  }

  /** Begins with every change that is kept. */
  public static WatchOptions history() {
    return new WatchOptions(From.HISTORY, 0, true, true);
  }

  /** Brings what changes from now on. */
  public static WatchOptions updatesOnly() {
    return new WatchOptions(From.NOW, 0, true, true);
  }

  /** Begins with a revision. */
  public static WatchOptions fromRevision(long first) {
    return new WatchOptions(From.REVISION, first, true, true);
  }

  /** Without deletions. */
  public WatchOptions ignoreDeletes() {
    return new WatchOptions(from, revision, false, withValues);
  }

  /** Without values. */
  public WatchOptions metaOnly() {
    return new WatchOptions(from, revision, withDeletes, false);
  }

  /** The options for a bucket of objects, where all is description. */
  WatchOptions ofObjects() {
    return new WatchOptions(from, revision, withDeletes, true);
  }

  /** Whether a change is one of those that come. */
  boolean brings(KeyValueEntry entry) {
    return withDeletes || entry.isPut();
  }

  /** Whether a change is one of those that come. */
  boolean brings(ObjectInfo info) {
    return withDeletes || !info.deleted();
  }

  OrderedOptions ordered(String... filters) {
    OrderedOptions.Builder ordered =
        OrderedOptions.builder().filters(filters).headersOnly(!withValues);
    return switch (from) {
      case LATEST -> ordered.lastPerSubject().build();
      case HISTORY -> ordered.all().build();
      case NOW -> ordered.onlyNew().build();
      case REVISION -> ordered.fromSequence(revision).build();
    };
  }
}
