/// The files of `Web/`, which the build embeds: the server needs no folder beside it.
///
/// A new file needs a line here; a test compares the two.
package enum WebAssets {
    static let landing = WebAsset("index.html", PackageResources.index_html)
    static let room = WebAsset("room.html", PackageResources.room_html)
    /// The room page of a link that hides its number, and the page that says why there is none.
    static let hiddenRoom = WebTemplate(PackageResources.room_html, replacing: "<html ", by: "<html data-link=\"{{link}}\" ")
    static let closedLink = WebTemplate(PackageResources.closed_html)

    /// What the pages load, by name.
    static let assets: [String: WebAsset] = Dictionary(
        uniqueKeysWithValues: [
            WebAsset("base.css", PackageResources.base_css),
            WebAsset("call-card.js", PackageResources.call_card_js),
            WebAsset("capture.js", PackageResources.capture_js),
            WebAsset("chat.js", PackageResources.chat_js),
            WebAsset("check-in.js", PackageResources.check_in_js),
            WebAsset("device-choice.js", PackageResources.device_choice_js),
            WebAsset("device-menu.js", PackageResources.device_menu_js),
            WebAsset("device-pickers.js", PackageResources.device_pickers_js),
            WebAsset("devices.css", PackageResources.devices_css),
            WebAsset("devices.js", PackageResources.devices_js),
            WebAsset("dial-form.js", PackageResources.dial_form_js),
            WebAsset("dialling.js", PackageResources.dialling_js),
            WebAsset("docs.css", PackageResources.docs_css),
            WebAsset("dom.js", PackageResources.dom_js),
            WebAsset("full-screen.js", PackageResources.full_screen_js),
            WebAsset("gate.js", PackageResources.gate_js),
            WebAsset("host-tools.js", PackageResources.host_tools_js),
            WebAsset("icons.svg", PackageResources.icons_svg),
            WebAsset("keypad.js", PackageResources.keypad_js),
            WebAsset("keys.js", PackageResources.keys_js),
            WebAsset("landing.css", PackageResources.landing_css),
            WebAsset("landing.js", PackageResources.landing_js),
            WebAsset("layout.js", PackageResources.layout_js),
            WebAsset("level-meter.js", PackageResources.level_meter_js),
            WebAsset("link.js", PackageResources.link_js),
            WebAsset("load.js", PackageResources.load_js),
            WebAsset("logo.svg", PackageResources.logo_svg),
            WebAsset("media.js", PackageResources.media_js),
            WebAsset("notices.js", PackageResources.notices_js),
            WebAsset("panel.js", PackageResources.panel_js),
            WebAsset("pictures.js", PackageResources.pictures_js),
            WebAsset("playback.js", PackageResources.playback_js),
            WebAsset("ringback.js", PackageResources.ringback_js),
            WebAsset("room.css", PackageResources.room_css),
            WebAsset("room.js", PackageResources.room_js),
            WebAsset("roster.js", PackageResources.roster_js),
            WebAsset("screen-share.js", PackageResources.screen_share_js),
            WebAsset("seats.js", PackageResources.seats_js),
            WebAsset("self-view.js", PackageResources.self_view_js),
            WebAsset("signal-socket.js", PackageResources.signal_socket_js),
            WebAsset("stage.js", PackageResources.stage_js),
            WebAsset("tile.js", PackageResources.tile_js),
            WebAsset("tiles.css", PackageResources.tiles_css),
            WebAsset("tiles.js", PackageResources.tiles_js),
            WebAsset("view.js", PackageResources.view_js),
            WebAsset("visit.js", PackageResources.visit_js),
            WebAsset("wording.js", PackageResources.wording_js),
        ].map { ($0.name, $0) })

    /// The names of all files.
    package static var names: Set<String> { Set(assets.keys).union([landing.name, room.name, "closed.html", ContractAssets.document.name]) }
}
