in vec3 world; in vec3 world_normal; in vec4 world_open; in vec4 colour_in; in vec2 fabric;
out vec4 colour;
uniform vec3 suit;              // linear colour of the underwear
void main() {
    Surface s;
    s.normal = s.smooth_normal = normalize(world_normal);
    float inside = fabric.x;         // [m]
    float soft = max(fwidth(inside), 1e-4);
    float on = smoothstep(-soft, soft, inside);
    s.albedo = mix(colour_in.rgb, suit, on) * (1.0 - 0.25 * exp(-pow(inside / (0.0012 + soft), 2.0)));
    s.rough = colour_in.a;
    s.gloss = 0.035;
    s.sheen = vec3(0.03);
    s.sheen_rough = 0.4;
    s.open = clamp(world_open.w, 0.0, 1.0);
    s.bent = normalize(world_open.xyz + s.normal * 1e-3);
    colour = vec4(film(shade(s, world)), 1.0);
}
