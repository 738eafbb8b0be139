// SPDX-License-Identifier: Apache-2.0
/**
 * What a server is told before it starts, and the small files and pages by which a process shows
 * itself to its operator.
 *
 * <p>Entry type: {@link dev.slipstream.server.config.ServerConfig}, made by {@link
 * dev.slipstream.server.config.ServerConfigBuilder}. A configuration file goes through three steps:
 * {@code ConfigParser} turns text into {@code ConfigValue}s that know their place, {@code
 * ServerConfigReader} and the readers of its blocks turn those into settings and collect what is
 * wrong, {@code ServerConfigRules} checks that the settings fit together, flags included.
 *
 * <p>Reading order: {@code ServerConfig}, {@code ServerConfigBuilder}, {@code ConfigFile}, {@code
 * ConfigValue}, {@code ConfigLoader}, {@code ConfigParser}, {@code ConfigScalars}, {@code Fields},
 * {@code ServerConfigReader}, {@code AuthorizationReader}, {@code AccountsReader}, {@code
 * JetStreamReader}, {@code ServerConfigRules}.
 *
 * <p>Everything here runs on the thread that starts the server; what it yields is immutable.
 *
 * <p>Source: the public server's configuration language and its messages, which people search for.
 */
@NullMarked
package dev.slipstream.server.config;

import org.jspecify.annotations.NullMarked;
