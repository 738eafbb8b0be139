// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

/** What an endpoint does with a request. */
@FunctionalInterface
public interface ServiceHandler {
  /**
   * Takes a request, and answers it now or later. What it throws is answered and counted: a {@link
   * ServiceException} with its error, anything else with code 500 and its message, unless there was
   * an answer before; the client tells of the latter as {@code ClientEvent.HandlerFailed}.
   */
  void onRequest(ServiceRequest request) throws Exception;
}
