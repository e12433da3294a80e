package com.getcapacitor.android;

/** The names of Capacitor's resources; an Android build makes this class. */
public final class R {

    public static final class id {

        public static final int webview = 1;
    }

    public static final class layout {

        public static final int capacitor_bridge_layout_main = 2;
        public static final int bridge_layout_main = 2;
        public static final int fragment_bridge = 5;
        public static final int no_webview = 3;
    }

    public static final class style {

        public static final int AppTheme_NoActionBar = 4;
    }

    public static final class styleable {

        public static final int[] bridge_fragment = {};
        public static final int bridge_fragment_start_dir = 0;
    }
}
