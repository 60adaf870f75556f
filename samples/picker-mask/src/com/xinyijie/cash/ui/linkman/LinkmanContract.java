package com.xinyijie.cash.ui.linkman;

import android.net.Uri;
import com.xinyijie.cash.data.Linkman;

public interface LinkmanContract {
  interface View {
    void show(Linkman linkman);

    void saved();

    void say(int text);
  }

  interface Presenter {
    void picked(Uri entry);

    void save(String relation, String blackBox);
  }
}
