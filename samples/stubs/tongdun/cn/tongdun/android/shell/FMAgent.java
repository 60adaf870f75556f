package cn.tongdun.android.shell;

import android.content.Context;

public class FMAgent {
  public static final String ENV_PRODUCTION = "production";

  public static void init(Context context, String env) {}

  public static String onEvent(Context context) {
    return "";
  }
}
