in vec3 world; in vec3 world_normal; in vec4 world_open;
out vec4 colour;
uniform float reach;           // where the floor has faded into the backdrop [m]
void main() {
    float closed = 1.0 - world_open.w;
    float share = together(vec2(lit_share(world, vec3(0.0, 1.0, 0.0), 0.22))).x;
    float fade = 1.0 - smoothstep(0.35 * reach, reach, length(world.xz));
    float dark = 1.0 - (1.0 - 0.55 * closed) * (0.80 + 0.20 * share);
    colour = vec4(0.0, 0.0, 0.0, dark * fade);
}
