// A look (GLB) that can be turned with mouse, finger and keys. Draws only when something changed.

import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

const FIELD = 28; // degrees: about an 85 mm lens on a full frame, as for portraits
const TURN = Math.PI / 18; // a key press
const SIDES = { front: 0, left: Math.PI / 2, back: Math.PI, right: -Math.PI / 2 };

export class Viewer {
  constructor(canvas) {
    this.canvas = canvas;
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true });
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    this.scene = new THREE.Scene();
    const maker = new THREE.PMREMGenerator(this.renderer);
    this.scene.environment = maker.fromScene(new RoomEnvironment(), 0.04).texture;
    this.scene.environmentIntensity = 0.5;
    const key = new THREE.DirectionalLight(0xffffff, 1.1);
    key.position.set(1.5, 3, 2.5);
    this.scene.add(key);
    this.camera = new THREE.PerspectiveCamera(FIELD, 1, 0.05, 50);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enablePan = false;
    this.controls.maxPolarAngle = Math.PI * 0.62;
    this.controls.addEventListener('change', () => this.draw());
    canvas.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.fit()).observe(canvas);
    this.look = null;
  }

  async show(url) {
    const loaded = await new GLTFLoader().loadAsync(url);
    if (this.look) this.scene.remove(this.look);
    this.look = loaded.scene;
    this.scene.add(this.look);
    const box = new THREE.Box3().setFromObject(this.look);
    this.size = box.getSize(new THREE.Vector3());
    this.controls.target.copy(box.getCenter(new THREE.Vector3()));
    this.fit();
    const half = Math.max(this.size.y, this.size.x / this.camera.aspect) / 2;
    this.distance = (half * 1.12) / Math.tan((FIELD / 2) * Math.PI / 180);
    this.controls.minDistance = this.distance * 0.25;
    this.controls.maxDistance = this.distance * 1.6;
    this.turn('front');
  }

  // Looks from a side; glTF's front is +z and the wearer's left is +x.
  turn(side) {
    this.place(SIDES[side] ?? 0, Math.PI / 2 - 0.06, this.distance);
  }

  place(azimuth, polar, distance) {
    const spot = new THREE.Spherical(
      Math.min(Math.max(distance, this.controls.minDistance), this.controls.maxDistance),
      Math.min(Math.max(polar, 0.15), this.controls.maxPolarAngle), azimuth);
    this.camera.position.setFromSpherical(spot).add(this.controls.target);
    this.controls.update();
    this.draw();
  }

  key(event) {
    if (!this.look) return;
    const azimuth = this.controls.getAzimuthalAngle();
    const polar = this.controls.getPolarAngle();
    const distance = this.controls.getDistance();
    const moves = {
      ArrowLeft: [azimuth - TURN, polar, distance],
      ArrowRight: [azimuth + TURN, polar, distance],
      ArrowUp: [azimuth, polar - TURN / 2, distance],
      ArrowDown: [azimuth, polar + TURN / 2, distance],
      '+': [azimuth, polar, distance / 1.15],
      '=': [azimuth, polar, distance / 1.15],
      '-': [azimuth, polar, distance * 1.15],
      Home: [0, Math.PI / 2 - 0.06, this.distance],
    };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.place(...moves[event.key]);
  }

  // Shows or hides the body, leaving the garment.
  body(shown) {
    this.look?.getObjectByName('avatar')?.traverse((node) => { node.visible = shown; });
    this.draw();
  }

  fit() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.draw();
  }

  draw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.renderer.render(this.scene, this.camera);
      this.canvas.dataset.frames = String(Number(this.canvas.dataset.frames ?? 0) + 1);
    });
  }
}
