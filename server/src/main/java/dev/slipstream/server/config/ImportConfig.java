// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import org.jspecify.annotations.Nullable;

/**
 * What an account takes from another.
 *
 * @param kind as in the export
 * @param account the account that exports
 * @param subject the subject there
 * @param to the subject here; null for the same
 * @param prefix the tokens put before the subject here, of a stream import only; null for none
 * @param share whether the service sees who asks
 */
public record ImportConfig(
    ExportConfig.Kind kind,
    String account,
    String subject,
    @Nullable String to,
    @Nullable String prefix,
    boolean share) {}
