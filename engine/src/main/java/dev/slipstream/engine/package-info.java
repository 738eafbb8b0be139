// SPDX-License-Identifier: Apache-2.0
/**
 * Streams and consumers: what a publish, a pull and an acknowledgement do.
 *
 * <p>Entry type: {@code Engine}. It sees the world through two ports: {@link
 * dev.slipstream.engine.MessageBus} (subscribers and publishers) and the store's log. Reading
 * order, along the way of a message: {@code Stream}, {@code Ingest} with {@code Overlay}, {@code
 * StreamLog}, {@code Shard} (where durable records come back to be applied), {@code Readers},
 * {@code Consumer}, {@code ConsumerDelivery} with {@code PullRequests} or {@code PushTarget},
 * {@code ConsumerAcks}, {@code ConsumerState}, {@code Interest}.
 *
 * <p>Then what leaves: {@code Retention}, {@code Purges}, {@code LimitTrim}, {@code
 * SubjectDeleteMarkers}. What comes from elsewhere: {@code Origins} with {@code LoopFeed}, {@code
 * DurableFeed} and {@code TakeOver} (mirrors and sources), {@code Schedules}, {@code
 * AtomicBatches}, {@code FastBatches}, {@code StreamRestore}. What is asked: {@code ApiDispatcher},
 * and an {@code Api} for each kind of thing, with the {@code Rules} that a configuration is held
 * to. Which streams there are is the {@code Catalogue}'s.
 *
 * <p>Owners: a stream and all its consumers belong to one loop, as a {@code Shard}'s; the catalogue
 * to the first. An account's figures ({@code Resources}) are counted by all.
 */
@NullMarked
package dev.slipstream.engine;

import org.jspecify.annotations.NullMarked;
