/**
 * TensorFlow 2.18 writes part of its log through a copy of Abseil that nothing can reach: TF_CPP_MIN_LOG_LEVEL does not count
 * there. A line about an optimizer comes with the first run, on a GPU errors about factories come with the loading. So
 * stderr is turned away for the moment of such a call, which JavaScript cannot do: it has no dup2.
 */
export const quietAddon = {
  /** In the engine's folder. */
  file: 'quiet.node',
  source: `#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <mutex>

namespace {

std::mutex guard;
int depth = 0;
int original = -1;

napi_value Mute(napi_env, napi_callback_info) {
  std::lock_guard<std::mutex> lock(guard);
  if (depth++ > 0) return nullptr;
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return nullptr;
  original = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (original >= 0) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
  return nullptr;
}

napi_value Unmute(napi_env, napi_callback_info) {
  std::lock_guard<std::mutex> lock(guard);
  if (depth == 0 || --depth > 0 || original < 0) return nullptr;
  dup2(original, STDERR_FILENO);
  close(original);
  original = -1;
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_property_descriptor functions[] = {
      {"mute", nullptr, Mute, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"unmute", nullptr, Unmute, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_define_properties(env, exports, 2, functions);
  return exports;
}
`,
} as const;

/** What the compiled addon exports. Calls nest. */
export interface Quiet {
  mute(): void;
  unmute(): void;
}
