// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

/** Where a block lies on disk. The storage worker's, once it was handed over. */
final class BlockPlace {}
