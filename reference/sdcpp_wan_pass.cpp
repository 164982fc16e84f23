// One pass of a Wan transformer by stable-diffusion.cpp, for compare_wan.py --sdcpp. Linked against that program's
// static libraries, whose headers it takes; see the page reference/README.md for the commands.
//
//     sdcpp_wan_pass FILE INPUTS PASSES THREADS FLASH [OUT]
//
// INPUTS is z.f32, t.f32 and text.f32 in a folder beside a file "shape" that says frames, height and width of latents.
// Prints seconds of the first and the last pass and peak memory as JSON; OUT gets what the network says, f32.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "wan.hpp"

static std::vector<float> floats(const std::string& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    std::vector<float> all(in.tellg() / sizeof(float));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(all.data()), all.size() * sizeof(float));
    return all;
}

int main(int count, char** words) {
    if (count < 6) return 2;
    std::string file = words[1], folder = words[2];
    int passes = std::stoi(words[3]), threads = std::stoi(words[4]);
    int frames, height, width;
    std::ifstream(folder + "/shape") >> frames >> height >> width;
    using Clock = std::chrono::steady_clock;
    auto begin = Clock::now();
    ModelLoader loader;
    if (!loader.init_from_file_and_convert_name(file, "model.diffusion_model.")) return 1;
    auto& storage = loader.get_tensor_storage_map();
    ggml_backend_t backend = ggml_backend_cpu_init();
    auto wan = std::make_shared<WAN::WanRunner>(backend, false, storage, "model.diffusion_model", VERSION_WAN2);
    wan->set_flash_attention_enabled(std::stoi(words[5]) != 0);
    wan->alloc_params_buffer();
    std::map<std::string, ggml_tensor*> tensors;
    wan->get_param_tensors(tensors, "model.diffusion_model");
    if (!loader.load_tensors(tensors)) return 1;
    double load = std::chrono::duration<double>(Clock::now() - begin).count();
    sd::Tensor<float> z({width, height, frames, 16}, floats(folder + "/z.f32"));
    auto t = sd::Tensor<float>::from_vector(floats(folder + "/t.f32"));
    sd::Tensor<float> text({4096, 512, 1}, floats(folder + "/text.f32"));
    double first = 0, last = 0;
    sd::Tensor<float> out;
    for (int i = 0; i < passes; i++) {
        begin = Clock::now();
        out = wan->compute(threads, z, t, text);
        last = std::chrono::duration<double>(Clock::now() - begin).count();
        if (i == 0) first = last;
    }
    rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"load_s\": %.2f, \"first_s\": %.2f, \"pass_s\": %.2f, \"peak_rss_mb\": %.0f}\n", load, first, last,
           used.ru_maxrss / 1024.0);
    if (count > 6) {
        std::ofstream(words[6], std::ios::binary)
            .write(reinterpret_cast<const char*>(out.data()), out.shape().size() ? sizeof(float) * 16LL * frames * height * width : 0);
    }
    return 0;
}
