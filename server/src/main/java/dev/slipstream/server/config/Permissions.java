// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user may publish and subscribe to.
 *
 * @param publish subjects to publish to
 * @param subscribe subjects to subscribe to
 * @param responses leave to reply, or null; with it and without an allow list the user may publish
 *     replies only
 */
public record Permissions(
    SubjectPermissions publish,
    SubjectPermissions subscribe,
    @Nullable ResponsePermission responses) {

  public Permissions {
    if (responses != null && publish.allow() == null) {
      publish = new SubjectPermissions(List.of(), publish.deny());
    }
  }
}
